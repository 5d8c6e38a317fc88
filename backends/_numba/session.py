"""The operations as compiled loops over pieces of the output."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Self

import numpy as np

from rasterbout.backends._numba import loops
from rasterbout.backends._numba.output import Writer
from rasterbout.backends._numba.sources import Float32, PlainSource, Source, opened_source, opened_sources
from rasterbout.backends._numba.weights import Axis
from rasterbout.backends._shared import rasterio_files
from rasterbout.backends._shared.scratch import Scratch
from rasterbout.backends._shared.threads import started_threads
from rasterbout.contract import TILE_EDGE, Output, Session
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import Window, aligned_piece, piece_shape

TAPS = {Resampling.NEAREST: 1, Resampling.BILINEAR: 2, Resampling.CUBIC: 4}
BAND_LINES = 512  # most lines of a piece as wide as the raster; with more there are too few pieces for all threads
WIDE_PIXELS = 1 << 23  # most source pixels of a piece as wide as a block of the output
SHORT = ("int16", "uint16")  # float32 represents sums and differences of these exactly, so NDVI is computed in it


class NumbaSession(Session):
    """The session of `numba-fused`."""

    def __init__(self, resources: Resources, threads: ThreadPoolExecutor) -> None:
        self._chunk = resources.chunk
        self._scratch = Scratch()
        self._writer = Writer(threads, resources.threads, self._scratch)

    @classmethod
    @contextmanager
    def opened(cls, resources: Resources) -> Iterator[Self]:
        """Compile the loops or load them from numba's cache, and start the threads."""
        loops.compile_all()
        with started_threads(resources.threads) as threads:
            yield cls(resources, threads)

    def versions(self) -> dict[str, str]:
        """Return the versions of numpy, rasterio, GDAL and PROJ."""
        return rasterio_files.loaded_versions()

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        with opened_source([red, nir], self._scratch) as pixels:

            def compute(window: Window, into: Float32) -> None:
                pixels.fill(window, into[0], (0, 0))

            self._writer.write(compute, red.raster.grid, 1, self._piece(red.raster), out)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        with opened_sources(source, self._scratch) as sources:
            self._mean(
                sources, factor, source.grid.coarsen(factor), self._coarse_piece(source, sources, factor, out), out
            )

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        with opened_source([red, nir], self._scratch) as pixels:
            grid, piece = red.raster.grid.coarsen(factor), self._coarse_piece(red.raster, [pixels], factor, out)
            self._mean([pixels], factor, grid, piece, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        taps = TAPS[resampling]
        scale, shift = moving.grid.transform, onto.transform
        rows = Axis.of(onto.height, shift.e / scale.e, (shift.f - scale.f) / scale.e, taps)
        columns = Axis.of(onto.width, shift.a / scale.a, (shift.c - scale.c) / scale.a, taps)
        rows_of, columns_of = (
            cache(rows.part),
            cache(columns.part),
        )  # windows in one row or column of windows share them
        with opened_sources(moving, self._scratch) as sources:

            def compute(window: Window, into: Float32) -> None:
                down, across = rows_of(window.row, window.height), columns_of(window.column, window.width)
                lines = self._scratch.array("lines", (down.length, window.width), np.float32)
                for band, pixels in enumerate(sources):
                    around = self._around(pixels, moving.grid, down, across)
                    loops.interpolate_across(around, across.first, across.weights, lines)
                    loops.interpolate_down(lines, down.first, down.weights, into[band])

            piece = piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE))
            self._writer.write(compute, onto, moving.count, piece, out)

    def _mean(self, sources: Sequence[Source], factor: int, grid: Grid, piece: tuple[int, int], out: Output) -> None:
        def compute(window: Window, into: Float32) -> None:
            fine = window.refine(factor)
            sums = self._scratch.array("sums", (window.height, window.width), np.float64)
            counts = self._scratch.array("counts", (window.height, window.width), np.int64)
            in_line = self._scratch.array("in line", (fine.width,), np.int32)
            for band, pixels in enumerate(sources):
                line = self._scratch.array("line", (fine.width,), np.float32 if pixels.kind in SHORT else np.float64)
                sums.fill(0)
                counts.fill(0)
                pixels.add(fine, factor, (line, in_line), (sums, counts))
                loops.divide(sums, counts, into[band])

        self._writer.write(compute, grid, len(sources), piece, out)

    def _piece(self, source: Raster) -> tuple[int, int]:
        return piece_shape(self._chunk, source.grid.shape, source.block_shape)

    def _coarse_piece(self, source: Raster, opened: Sequence[Source], factor: int, out: Output) -> tuple[int, int]:
        """Return rows and columns of pieces of the output that are as wide as the raster or as its blocks.

        Pieces as wide as the raster read no block twice. Both kinds can be written directly into their blocks.
        """
        rows, columns = self._piece(source)
        if all(isinstance(pixels, PlainSource) for pixels in opened):
            rows, columns = min(rows, BAND_LINES), source.grid.width
        elif out.layout.compression == "none":
            columns = factor * out.layout.block_shape(source.grid.width // factor)[1]
            rows = min(rows, max(1, WIDE_PIXELS // columns))
        rows, columns = aligned_piece((rows, columns), factor)
        return rows // factor, columns // factor

    def _around(self, pixels: Source, grid: Grid, down: Axis, across: Axis) -> Float32:
        """Return the source pixels (rows, columns) that a window needs; NaN if invalid or outside the image."""
        around = self._scratch.array("around", (down.length, across.length), np.float32)
        top, left = max(0, down.start), max(0, across.start)
        inside = Window(top, left, min(grid.height, down.end) - top, min(grid.width, across.end) - left)
        if (inside.height, inside.width) != around.shape:
            around.fill(np.nan)
        if inside.height > 0 and inside.width > 0:
            pixels.fill(inside, around, (top - down.start, left - across.start))
        return around
