"""Lazy arrays of the pixels of a raster, read chunk by chunk."""

import threading
from functools import lru_cache
from typing import Any
from uuid import uuid4

import dask.array as da
import numpy as np
import rasterio
from numpy.typing import NDArray

from rasterbout.backends._shared import rasterio_files
from rasterbout.contract import Output
from rasterbout.raster import Raster
from rasterbout.window import Window, piece_shape

HANDLES = 16  # open files per worker


def read(raster: Raster, bands: list[int], chunks: tuple[tuple[int, ...], tuple[int, ...]]) -> da.Array:
    """Return pixels as a lazy array; a separate task reads each chunk.

    Parameters
    ----------
    bands
        Numbers of the bands, from 1.
    chunks
        Sizes of the chunks in pixels: of rows, of columns.

    Returns
    -------
        Shape (bands, rows, columns), dtype of ``raster``.
    """
    token = uuid4().hex
    return da.map_blocks(
        _read_block,
        str(raster.path),
        bands,
        token,  # not the name of the array: dask replaces such a string by the array
        dtype=raster.dtype,
        chunks=((len(bands),), *chunks),
        meta=np.empty((0, 0, 0), dtype=raster.dtype),
        name=f"read-{token}",
    )


def read_pieces(raster: Raster, bands: list[int], chunk: int | None) -> da.Array:
    """Return the pixels (bands, rows, columns) as a lazy array in square chunks, smaller at the right and bottom."""
    return read(raster, bands, chunks_of_pieces(raster, chunk))


def chunks_of_pieces(raster: Raster, chunk: int | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the sizes of square chunks (of rows, of columns), smaller at the right and bottom."""
    return whole_chunks(raster.grid.shape, piece_shape(chunk, raster.grid.shape, raster.block_shape))


def read_whole_windows(raster: Raster, bands: list[int], chunk: int | None, factor: int, out: Output) -> da.Array:
    """Return the pixels (bands, rows, columns) of all whole ``factor`` x ``factor`` windows as a lazy array."""
    return read(raster, bands, chunks_of_whole_windows(raster, chunk, factor, out))


def chunks_of_whole_windows(
    raster: Raster, chunk: int | None, factor: int, out: Output
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the sizes of chunks (of rows, of columns) that contain whole ``factor`` x ``factor`` windows.

    Chunks of the output end where blocks of its file end, so that they can be merged into blocks.
    """
    piece = piece_shape(chunk, raster.grid.shape, raster.block_shape)
    blocks = out.layout.block_shape(raster.grid.coarsen(factor).width)
    rows, columns = (
        tuple(size * factor for size in _sizes_within_blocks(edge // factor, max(1, length // factor), block))
        for edge, length, block in zip(raster.grid.shape, piece, blocks, strict=True)
    )
    return rows, columns


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
    """Return the sizes of the chunks of an array of ``shape`` (rows, columns) cut into ``piece``."""
    rows, columns = da.core.normalize_chunks(piece, shape)
    return rows, columns


def window_of(block_info: Any, argument: int | None = None) -> Window:
    """Return the window of a block (bands, rows, columns).

    Parameters
    ----------
    block_info
        What `dask.array.map_blocks` passes to a function under this name.
    argument
        Number of the argument that the block belongs to, None for the result.
    """
    (top, bottom), (left, right) = block_info[argument]["array-location"][-2:]
    return Window(top, left, bottom - top, right - left)


def _read_block(path: str, bands: list[int], token: str, block_info: Any = None) -> NDArray[np.generic]:
    window = window_of(block_info)
    source = _opened(path, token, threading.get_ident())
    pixels: NDArray[np.generic] = source.read(bands, window=rasterio_files.block(window))
    return pixels


@lru_cache(maxsize=HANDLES)
def _opened(path: str, _token: str, _thread: int) -> Any:
    """Open a file once for each lazy array and thread, as opening takes as long as reading a chunk."""
    return rasterio.open(path, sharing=False)
