"""Compute lazy arrays on a cluster; the workers write the result block by block."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any
from uuid import uuid4

import dask.array as da
import distributed
import numpy as np
from numpy.typing import NDArray

from rasterbout.backends._dask.cluster import Cluster
from rasterbout.backends._dask.reading import window_of
from rasterbout.backends._shared import rasterio_files
from rasterbout.contract import Output
from rasterbout.grid import Grid


def write(array: da.Array, grid: Grid, out: Output, cluster: Cluster) -> None:
    """Compute ``array`` (bands, rows, columns) and write it; the worker that computed a block writes it.

    If the file is not compressed and chunks end where its blocks end, space for every block is allocated
    first and the workers write at the same time. Otherwise a lock lets one worker write at a time.
    """
    in_place = rasterio_files.fits_in_place(out, grid, array.chunks[1:])
    rasterio_files.create_empty(out, grid, array.shape[0], allocated=in_place)
    with cluster.client.as_current():
        lock = None if in_place else distributed.Lock(f"write-{uuid4().hex}")
        threads = cluster.threads  # one worker writes at a time, so it compresses in all threads
        written = da.map_blocks(
            _write_block, array.astype(np.float32), out.path, lock, threads,
            dtype=bool, chunks=tuple((1,) * len(sizes) for sizes in array.chunks), meta=np.empty((0, 0, 0), bool),
        )  # fmt: skip
        try:
            cluster.compute(written)
        except Exception:
            cluster.require_shared(out.path)  # now rather than before, as it takes time
            raise


def write_coarse(array: da.Array, grid: Grid, out: Output, cluster: Cluster) -> None:
    """Compute and write ``array`` (bands, rows, columns), whose chunks are small, in chunks of whole blocks.

    Merging small chunks takes less time than writing them one after the other.
    """
    write(array.astype(np.float32).rechunk((-1, *merged(array.chunks[1:], grid, out))), grid, out, cluster)


def merged(chunks: tuple[tuple[int, ...], ...], grid: Grid, out: Output) -> tuple[int, int]:
    """Return rows and columns of chunks of whole blocks of the file, about as large as ``chunks``."""
    blocks = out.layout.block_shape(grid.width)
    rows, columns = (max(block, sizes[0] // block * block) for block, sizes in zip(blocks, chunks, strict=True))
    return rows, columns


def _write_block(
    pixels: NDArray[np.float32], path: Path, lock: distributed.Lock | None, threads: int, block_info: Any = None
) -> NDArray[np.bool_]:
    window = window_of(block_info, argument=0)
    with lock or nullcontext():
        rasterio_files.write_into(path, pixels, window, threads)
    return np.ones((1, 1, 1), dtype=bool)
