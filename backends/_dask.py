"""What the dask backends share: a local cluster, lazy reading and writing block by block."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import dask
import dask.array as da
import distributed
import numpy as np
import rasterio
from numpy.typing import NDArray

from rasterbout.backends import _rasterio
from rasterbout.contract import Availability, Output
from rasterbout.grid import Grid
from rasterbout.raster import Raster
from rasterbout.resources import Resources
from rasterbout.window import Window, aligned_piece, piece_shape


def availability() -> Availability:
    """Dask is a dependency: it is always there."""
    return Availability(
        available=True,
        versions={"dask": dask.__version__, "distributed": distributed.__version__} | _rasterio.versions(),
    )


@contextmanager
def cluster(resources: Resources) -> Iterator[distributed.Client]:
    """Start worker processes on this machine, and a client of them."""
    with (
        distributed.LocalCluster(
            n_workers=resources.workers,
            threads_per_worker=resources.threads_per_worker,
            processes=True,
            memory_limit=resources.memory_limit / resources.workers if resources.memory_limit else "auto",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


def read(raster: Raster, bands: list[int], chunks: tuple[tuple[int, ...], tuple[int, ...]]) -> da.Array:
    """Return the pixels as a lazy array (bands, rows, columns); each chunk is read by a task of its own."""
    return da.map_blocks(
        _read_block,
        str(raster.path),
        bands,
        dtype=raster.dtype,
        chunks=((len(bands),), *chunks),
        meta=np.empty((0, 0, 0), dtype=raster.dtype),
        name=f"read-{uuid4().hex}",
    )


def read_whole_windows(raster: Raster, bands: list[int], chunk: int | None, factor: int) -> da.Array:
    """Return the part of the pixels that whole ``factor`` x ``factor`` windows cover, in chunks of whole windows."""
    covered = tuple(edge // factor * factor for edge in raster.grid.shape)
    piece = aligned_piece(piece_shape(chunk, raster.grid.shape, raster.block_shape), factor)
    return read(raster, bands, whole_chunks((covered[0], covered[1]), piece))


def whole_chunks(shape: tuple[int, int], piece: tuple[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the chunks of an array of ``shape`` (rows, columns) cut into ``piece``."""
    rows, columns = da.core.normalize_chunks(piece, shape)
    return rows, columns


def write(array: da.Array, grid: Grid, out: Output, client: distributed.Client) -> None:
    """Compute ``array`` (bands, rows, columns) and write each block from the worker that has it.

    A GeoTIFF has one writer at a time: the workers take turns, holding a lock of the cluster.
    """
    with _rasterio.create(out, grid, array.shape[0], SPARSE_OK="TRUE"):
        pass  # the blocks come from the workers
    with client.as_current():
        da.store(array.astype(np.float32), _BlockWriter(out.path), lock=distributed.Lock(f"write-{uuid4().hex}"))


def _read_block(path: str, bands: list[int], block_info: Any = None) -> NDArray[np.generic]:
    window = window_of(block_info)
    with rasterio.open(path, sharing=False) as source:
        pixels: NDArray[np.generic] = source.read(bands, window=_rasterio.block(window))
    return pixels


def window_of(block_info: Any) -> Window:
    """Return where the block (bands, rows, columns) that `dask.array.map_blocks` asks for lies."""
    (top, bottom), (left, right) = block_info[None]["array-location"][-2:]
    return Window(top, left, bottom - top, right - left)


class _BlockWriter:
    """A file that takes blocks by assignment, as `dask.array.store` gives them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __setitem__(self, place: tuple[slice, slice, slice], pixels: NDArray[np.float32]) -> None:
        _, rows, columns = place
        window = Window(rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start)
        with rasterio.open(self._path, "r+", sharing=False) as target:
            target.write(pixels, window=_rasterio.block(window))
