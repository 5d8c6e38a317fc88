"""Rasters to work on: a generated Sentinel-2 tile of any size, real images, and products of the user.

Each public module holds datasets or a reader of products: see `rasterbout.dataset`. `load` returns the
named inputs of a dataset as a `Scene`; `datasets` lists the datasets that have a name. Generated and
copied files are kept in the cache folder, and verified on every use.
"""

from rasterbout.datasets._catalogue import datasets, load, of_any_size, products

__all__ = ["datasets", "load", "of_any_size", "products"]
