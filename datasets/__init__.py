"""Rasters to work on: a generated Sentinel-2 tile of any size, and real images.

`load` gives a `Scene`, the operations that can be done on a dataset; `names` lists the datasets.
What is generated or copied is kept in `cache_root`, and verified whenever it is used.
"""

from rasterbout.datasets.catalogue import OF_ANY_SIZE, load, names
from rasterbout.datasets.scene import Scene
from rasterbout.datasets.store import cache_root

__all__ = ["OF_ANY_SIZE", "Scene", "cache_root", "load", "names"]
