"""What the dask backends share: a local cluster, lazy reading and writing block by block."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
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
from rasterbout.resources import MIB, Resources
from rasterbout.window import Window, piece_shape


def availability() -> Availability:
    """Dask is a dependency: it is always there."""
    return Availability(
        available=True,
        versions={"dask": dask.__version__, "distributed": distributed.__version__} | _rasterio.versions(),
    )


TUNED = {
    # Dask has its workers give every freed array back to the system, and fetch the next one page by
    # page. Pieces of a raster are all of one size: kept, their memory serves the next piece.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 * MIB,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 * MIB,
    # Pixels that are not compressed are read straight from the file, not through GDAL's cache of blocks.
    "distributed.nanny.pre-spawn-environ.GTIFF_DIRECT_IO": "YES",
}
HANDLES = 16  # that a worker keeps open


@contextmanager
def tuned_cluster(resources: Resources) -> Iterator[distributed.Client]:
    """Start a cluster whose workers keep the memory of a piece for the next one, and read past GDAL's cache."""
    with dask.config.set(TUNED), cluster(resources) as client:
        yield client


@contextmanager
def cluster(resources: Resources) -> Iterator[distributed.Client]:
    """Start worker processes on this machine, and a client of them, as dask sets them up by itself."""
    with (
        distributed.LocalCluster(
            n_workers=resources.workers,
            threads_per_worker=resources.threads_per_worker,
            processes=True,
            memory_limit=resources.memory_limit / resources.workers if resources.memory_limit else "auto",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


def read(raster: Raster, bands: list[int], chunks: tuple[tuple[int, ...], tuple[int, ...]]) -> da.Array:
    """Return the pixels as a lazy array (bands, rows, columns); each chunk is read by a task of its own."""
    token = uuid4().hex
    return da.map_blocks(
        _read_block,
        str(raster.path),
        bands,
        token,  # not the array's name, which dask would take for the array
        dtype=raster.dtype,
        chunks=((len(bands),), *chunks),
        meta=np.empty((0, 0, 0), dtype=raster.dtype),
        name=f"read-{token}",
    )


def read_pieces(raster: Raster, bands: list[int], chunk: int | None) -> da.Array:
    """Return the pixels in square chunks, the last ones smaller."""
    return read(
        raster, bands, whole_chunks(raster.grid.shape, piece_shape(chunk, raster.grid.shape, raster.block_shape))
    )


def read_whole_windows(raster: Raster, bands: list[int], chunk: int | None, factor: int, out: Output) -> da.Array:
    """Return the part of the pixels that whole ``factor`` x ``factor`` windows cover, in chunks of whole windows.

    Chunks of the output end where blocks of its file end, so that they can be put together to blocks.
    """
    piece = piece_shape(chunk, raster.grid.shape, raster.block_shape)
    blocks = out.layout.block_shape(raster.grid.coarsen(factor).width)
    rows, columns = (
        tuple(size * factor for size in _sizes_within_blocks(edge // factor, max(1, length // factor), block))
        for edge, length, block in zip(raster.grid.shape, piece, blocks, strict=True)
    )
    return read(raster, bands, (rows, columns))


def _sizes_within_blocks(edge: int, length: int, block: int) -> tuple[int, ...]:
    """Cut ``edge`` into sizes near ``length``: several blocks, or equal parts of one."""
    if length >= block:
        ends = np.arange(length // block * block, edge, length // block * block)
    else:
        parts = np.linspace(0, block, round(block / length) + 1).astype(int)[1:]
        ends = (np.arange(0, edge, block)[:, None] + parts).ravel()
    inside = ends[ends < edge]
    return tuple(int(size) for size in np.diff([0, *inside, edge]))


def whole_chunks(shape: tuple[int, int], piece: tuple[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the chunks of an array of ``shape`` (rows, columns) cut into ``piece``."""
    rows, columns = da.core.normalize_chunks(piece, shape)
    return rows, columns


def write(array: da.Array, grid: Grid, out: Output, client: distributed.Client) -> None:
    """Compute ``array`` (bands, rows, columns); each block is written by the worker that computed it.

    Where chunks end where blocks of the file end and nothing is compressed, every block has its place
    in the file beforehand and the workers write side by side. Otherwise they take turns.
    """
    in_place = _rasterio.fits_in_place(out, grid, array.chunks[1:])
    _rasterio.create_empty(out, grid, array.shape[0], allocated=in_place)
    with client.as_current():
        lock = None if in_place else distributed.Lock(f"write-{uuid4().hex}")
        threads = sum(client.nthreads().values())  # whoever has the turn compresses for all
        written = da.map_blocks(
            _write_block, array.astype(np.float32), out.path, lock, threads,
            dtype=bool, chunks=tuple((1,) * len(sizes) for sizes in array.chunks), meta=np.empty((0, 0, 0), bool),
        )  # fmt: skip
        client.compute(written, sync=True)


def write_coarse(array: da.Array, grid: Grid, out: Output, client: distributed.Client) -> None:
    """Compute and write ``array``, whose chunks are small, in chunks that are whole blocks of the file.

    To bring chunks of few pixels together costs less than that their writers take turns.
    """
    blocks = out.layout.block_shape(grid.width)
    sizes = (max(block, chunks[0] // block * block) for block, chunks in zip(blocks, array.chunks[1:], strict=True))
    write(array.astype(np.float32).rechunk((-1, *sizes)), grid, out, client)


def _read_block(path: str, bands: list[int], token: str, block_info: Any = None) -> NDArray[np.generic]:
    window = window_of(block_info)
    source = _opened(path, token, threading.get_ident())
    pixels: NDArray[np.generic] = source.read(bands, window=_rasterio.block(window))
    return pixels


@lru_cache(maxsize=HANDLES)
def _opened(path: str, _token: str, _thread: int) -> Any:
    """Open a file, once for each lazy array and thread: to open it takes as long as to read a chunk."""
    return rasterio.open(path, sharing=False)


def window_of(block_info: Any, argument: int | None = None) -> Window:
    """Return where a block (bands, rows, columns) lies: of what `map_blocks` makes, or of an argument of it."""
    (top, bottom), (left, right) = block_info[argument]["array-location"][-2:]
    return Window(top, left, bottom - top, right - left)


def _write_block(
    pixels: NDArray[np.float32], path: Path, lock: distributed.Lock | None, threads: int, block_info: Any = None
) -> NDArray[np.bool_]:
    window = window_of(block_info, argument=0)
    with lock or nullcontext():
        _rasterio.write_into(path, pixels, window, threads)
    return np.ones((1, 1, 1), dtype=bool)
