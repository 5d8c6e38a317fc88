"""Plain rasterio: windows read and computed by threads, each with file handles of its own."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from rasterbout.backends import _numpy, _rasterio, _threads
from rasterbout.backends._scratch import Scratch
from rasterbout.contract import TILE_EDGE, Availability, Backend, Output, Session
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import Window, aligned_piece, cut, piece_shape

BLOCKS_FOR_EACH = 16
"""So many blocks of the output for each thread are enough to keep all at work until the end."""

Compute = Callable[[Window], _numpy.Float32]
"""From a window of the output to its pixels, shape (bands, rows, columns)."""


class RasterioWindows(Backend):
    """Windows of the output, each read and computed by one of as many threads as there are workers."""

    def probe(self) -> Availability:
        """Rasterio is a dependency: it is always there."""
        return Availability(available=True, versions=_rasterio.versions())

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Start the threads."""
        with ThreadPoolExecutor(resources.threads) as threads:
            yield _RasterioSession(resources, threads)


class _RasterioSession(Session):
    def __init__(self, resources: Resources, threads: ThreadPoolExecutor) -> None:
        self._chunk = resources.chunk
        self._count = resources.threads
        self._threads = threads
        self._scratch = Scratch()

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        with _threads.Handles() as files:
            piece = piece_shape(self._chunk, red.raster.grid.shape, red.raster.block_shape)
            self._write(lambda window: self._ndvi(files, red, nir, window), red.raster.grid, 1, piece, out)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        def compute(window: Window) -> _numpy.Float32:
            bands = list(range(1, source.count + 1))
            pixels = self._read(files, source, bands, window.refine(factor))
            return _numpy.window_mean(pixels, source.nodata, factor)

        with _threads.Handles() as files:
            piece = self._coarse_piece(source, factor)
            self._write(compute, source.grid.coarsen(factor), source.count, piece, out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        def compute(window: Window) -> _numpy.Float32:
            return _numpy.window_mean(self._ndvi(files, red, nir, window.refine(factor)), None, factor)

        with _threads.Handles() as files:
            piece = self._coarse_piece(red.raster, factor)
            self._write(compute, red.raster.grid.coarsen(factor), 1, piece, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        def view(source: Any) -> Any:
            return _rasterio.warped(source, moving, onto, resampling)

        with _threads.Handles(view) as files:
            piece = piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE))
            self._write(
                lambda window: files.of(moving.path).read(window=_rasterio.block(window)),
                onto, moving.count, piece, out,
            )  # fmt: skip

    def _ndvi(self, files: _threads.Handles, red: Band, nir: Band, window: Window) -> _numpy.Float32:
        r = self._read(files, red.raster, [red.index], window, "red")
        n = self._read(files, nir.raster, [nir.index], window, "nir")
        into = self._scratch.array("ndvi", r.shape, np.float32)
        return _numpy.ndvi(r, n, red.raster.nodata, nir.raster.nodata, into)

    def _read(
        self, files: _threads.Handles, raster: Raster, bands: list[int], window: Window, role: str = "source"
    ) -> _numpy.Stored:
        """Return the pixels (bands, rows, columns) of a window, in an array that the next call for ``role`` uses."""
        into = self._scratch.array(role, (len(bands), window.height, window.width), raster.dtype)
        files.of(raster.path).read(bands, window=_rasterio.block(window), out=into)
        return into

    def _coarse_piece(self, source: Raster, factor: int) -> tuple[int, int]:
        piece = piece_shape(self._chunk, source.grid.shape, source.block_shape)
        rows, columns = aligned_piece(piece, factor)
        return rows // factor, columns // factor

    def _write(self, compute: Compute, grid: Grid, count: int, piece: tuple[int, int], out: Output) -> None:
        unit = self._unit(grid, piece, out)
        with _saving(out, grid, count, unit, self._count) as save:
            _threads.work_through(
                cut(grid.shape, unit),
                lambda window: save(window, _assembled(compute, count, window, piece)),
                self._threads,
            )

    def _unit(self, grid: Grid, piece: tuple[int, int], out: Output) -> tuple[int, int]:
        """Return what a thread writes at once: a piece, or a block of the file where pieces are small parts of many.

        Blocks of which parts are written stay in GDAL's cache until there is no room for more.
        """
        blocks = out.layout.block_shape(grid.width)
        many = math.prod(-(-edge // block) for edge, block in zip(grid.shape, blocks, strict=True))
        small = math.prod(piece) < math.prod(blocks)
        return blocks if small and many >= BLOCKS_FOR_EACH * self._count else piece


def _assembled(compute: Compute, count: int, window: Window, piece: tuple[int, int]) -> _numpy.Float32:
    """Compute a window piece by piece."""
    if window.height <= piece[0] and window.width <= piece[1]:
        return compute(window)
    whole = np.empty((count, window.height, window.width), np.float32)
    for part in cut((window.height, window.width), piece):
        whole[:, *part.slices] = compute(
            Window(window.row + part.row, window.column + part.column, part.height, part.width)
        )
    return whole


@contextmanager
def _saving(out: Output, grid: Grid, count: int, piece: tuple[int, int], threads: int) -> Iterator[_threads.Save]:
    """Create the output, and return what writes pieces: side by side where each has its place, else in turns."""
    if _rasterio.fits_in_place(out, grid, _rasterio.even_chunks(grid.shape, piece)):
        _rasterio.create_empty(out, grid, count, allocated=True)
        with _threads.Handles(mode="r+") as files:
            yield lambda window, pixels: files.of(out.path).write(pixels, window=_rasterio.block(window))
        return
    with _threads.saving_in_turns(out, grid, count, threads) as save:
        yield save
