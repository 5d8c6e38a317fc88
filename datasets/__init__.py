"""Rasters to work on: a generated Sentinel-2 tile of any size, real images, and products of the user.

Each public module holds datasets or a reader of products: see `rasterbout.dataset`. `load` gives the
named inputs of one as a `Scene`; `datasets` lists those with a name. What is generated or copied is
kept in the cache folder, and verified whenever it is used.
"""

from rasterbout.datasets._catalogue import datasets, load, of_any_size, products

__all__ = ["datasets", "load", "of_any_size", "products"]
