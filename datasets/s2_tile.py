"""A generated tile that looks like Sentinel-2 Level-2A: four bands at 10 m, one at 20 m, int16."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray

from rasterbout.contract import TILE_EDGE, Layout
from rasterbout.dataset import Dataset
from rasterbout.datasets._files import geotiff, store
from rasterbout.datasets._landscape.flaws import NODATA
from rasterbout.datasets._landscape.landscape import BANDS, COARSE
from rasterbout.datasets._landscape.tile_pixels import TilePixels
from rasterbout.errors import BadInput
from rasterbout.grid import Grid
from rasterbout.header import read_header
from rasterbout.operations.build import Inputs
from rasterbout.raster import Band
from rasterbout.scene import Scene

NAME = "s2-tile"
FACTOR = 10
READ_FINE = ("B4", "B8")  # red and near infrared
SIZE_PX = 10980  # size of the tiles that ESA distributes
SMALLEST_PX = 16
SEED = 31
VERSION = 1  # changes with the pixels, so that tiles made by older versions are not used
CRS = "EPSG:32631"
ORIGIN_M = (300000.0, 4900020.0)  # easting and northing of tile 31TCJ, in metres
ROWS = 2 * TILE_EDGE  # rows of 10 m made at a time: whole tiles and strips, at 20 m too
MOST_THREADS = 2  # keeps memory well below 1 GB; a third thread writes

Rows = Mapping[str, NDArray[np.int16]]


class S2Tile(Dataset):
    """The tile; its files are called ``B2.tif`` and so on."""

    name = NAME
    summary = "generated like Sentinel-2 Level-2A: 10 m and 20 m, 10980 x 10980 pixels or any other size"
    of_any_size = True

    def load(self, *, size: int | None, layout: Layout) -> Scene:
        """Return the tile of ``size`` pixels of 10 m; missing files are made.

        Raises
        ------
        BadInput
            ``size`` is too small, or the cache folder cannot be written.
        """
        return scene(NAME, folder(possible(NAME, SIZE_PX if size is None else size), layout), ".tif")


def possible(name: str, size_px: int) -> int:
    """Return ``size_px`` if it is valid.

    Raises
    ------
    BadInput
        It is too small.
    """
    if size_px < SMALLEST_PX:
        raise BadInput(f"{name}: size {size_px} is too small; choose {SMALLEST_PX} or more pixels")
    return size_px


def scene(name: str, files: Path, suffix: str) -> Scene:
    """Return the inputs made of the bands in the folder ``files``."""
    red, nir, swir = (read_header(files / f"{band}{suffix}") for band in (*READ_FINE, COARSE))
    inputs: Inputs = {"red": Band(raster=red), "nir": Band(raster=nir), "source": nir, "moving": swir, "reference": red}
    return Scene(name=name, inputs=inputs, defaults={"factor": FACTOR}, size=red.grid.shape)


def folder(size_px: int, layout: Layout) -> Path:
    """Return the folder of the tile's files; missing files are made."""
    key = f"{NAME}-v{VERSION}-{size_px}-seed{SEED}-{layout.blocks}-{layout.compression}"
    return store.made_once(key, partial(write, size_px=size_px, layout=layout, seed=SEED))


def grids(size_px: int) -> dict[str, Grid]:
    """Return the grid of each band; that of B11 extends half a pixel beyond the others if the size is odd."""
    return {band: _grid(size_px, 20 if band == COARSE else 10) for band in BANDS}


def write(folder: Path, *, size_px: int, layout: Layout, seed: int, threads: int | None = None) -> None:
    """Write one file per band; its bytes do not depend on the number of ``threads`` (default: one per CPU)."""
    tile = TilePixels(size_px, seed)
    with ExitStack() as files:
        targets = {
            band: files.enter_context(geotiff.created(folder / f"{band}.tif", grid, layout, nodata=NODATA))
            for band, grid in grids(size_px).items()
        }
        done = dict.fromkeys(BANDS, 0)
        for rows in _in_order(partial(tile.rows, count=ROWS), range(0, size_px, ROWS), threads):
            for band, pixels in rows.items():
                height, width = pixels.shape
                window = rasterio.windows.Window(0, done[band], width, height)
                targets[band].write(pixels, 1, window=window)
                done[band] += height


def _in_order(make: Callable[[int], Rows], first_rows: Iterable[int], threads: int | None) -> Iterator[Rows]:
    """Yield the result of ``make`` for each, computed ahead in threads: numpy releases the GIL."""
    workers = min(threads or len(os.sched_getaffinity(0)), MOST_THREADS)
    waiting: deque[Future[Rows]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for first_row in first_rows:
            waiting.append(pool.submit(make, first_row))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _grid(size_px: int, pixel_m: int) -> Grid:
    count = -(-size_px * 10 // pixel_m)
    transform = Affine(pixel_m, 0, ORIGIN_M[0], 0, -pixel_m, ORIGIN_M[1])
    return Grid(crs=CRS, transform=transform, width=count, height=count)
