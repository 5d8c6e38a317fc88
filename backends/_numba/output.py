"""Write computed pieces: directly into the blocks of the file, or with GDAL."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager

import numpy as np

from rasterbout import plain_blocks
from rasterbout.backends._numba.sources import Float32
from rasterbout.backends._shared import rasterio_files
from rasterbout.backends._shared.scratch import Scratch
from rasterbout.backends._shared.threads import saving_in_turns, work_through
from rasterbout.contract import Output
from rasterbout.grid import Grid
from rasterbout.plain_blocks import PlainBlocks
from rasterbout.window import Window, cut, split

Compute = Callable[[Window, Float32], None]
"""Writes the pixels of a window of the output into the top left of an array (bands, rows, columns)."""


class Writer:
    """Computes and writes outputs in threads.

    Parameters
    ----------
    threads
        The pool that computes and writes pieces.
    count
        Number of threads in the pool.
    scratch
        Arrays of the session.
    """

    def __init__(self, threads: ThreadPoolExecutor, count: int, scratch: Scratch) -> None:
        self._threads = threads
        self._count = count
        self._scratch = scratch

    def write(self, compute: Compute, grid: Grid, count: int, piece: tuple[int, int], out: Output) -> None:
        """Create ``out`` with ``count`` bands on ``grid``, and compute and write it in pieces (rows, columns)."""
        with self._saving(compute, out, grid, count, piece) as save:
            work_through(cut(grid.shape, piece), save, self._threads)

    @contextmanager
    def _saving(
        self, compute: Compute, out: Output, grid: Grid, count: int, piece: tuple[int, int]
    ) -> Iterator[Callable[[Window], None]]:
        """Create the output, and yield a function that computes and writes a piece."""
        blocks = rows, columns = out.layout.block_shape(grid.width)
        if out.layout.compression != "none" or (piece[1] < grid.width and piece[1] % columns):
            with saving_in_turns(out, grid, count, self._count) as write:
                yield lambda window: write(window, self._computed(compute, window, count))
            return
        with ExitStack() as opened:

            def create() -> PlainBlocks:
                rasterio_files.create_empty(out, grid, count, allocated=True)
                places = -(-grid.height // rows), -(-grid.width // columns)
                return opened.enter_context(plain_blocks.opened_to_write(out.path, places))

            file = self._threads.submit(create)  # in one thread, while the others compute the first pieces
            opened.callback(wait, [file])  # if a piece failed early, the file may not have been created yet

            def save(window: Window) -> None:
                # If a piece consists of whole blocks, each is written while it is still in the processor's caches.
                for unit in [window] if piece[0] % rows else split(window, blocks):
                    pixels = self._computed(compute, unit, count)
                    for part in split(unit, blocks):
                        stored = self._stored(pixels, part, unit, columns)
                        skip_bytes = part.row % rows * stored[0].nbytes
                        file.result().write((part.row // rows, part.column // columns), skip_bytes, stored)

            yield save

    def _computed(self, compute: Compute, window: Window, count: int) -> Float32:
        pixels = self._scratch.array("out", (count, window.height, window.width), np.float32)
        compute(window, pixels)
        return pixels

    def _stored(self, pixels: Float32, part: Window, unit: Window, columns: int) -> Float32:
        """Return a part of the pixels (bands, rows, columns) of ``unit`` in the order of a block.

        Shape (rows, columns) for one band, else (rows, columns, bands); columns outside the raster are NaN.
        """
        if part == unit and part.width == columns and len(pixels) == 1:
            only: Float32 = pixels[0]
            return only
        block = self._scratch.array("block", (part.height, columns, len(pixels)), np.float32)
        block[:, part.width :] = np.nan
        inside = Window(part.row - unit.row, part.column - unit.column, part.height, part.width)
        block[:, : part.width] = np.moveaxis(pixels[:, *inside.slices], 0, -1)
        return block
