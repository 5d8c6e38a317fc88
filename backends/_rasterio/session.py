"""Windows read and computed by threads with rasterio and numpy."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Self

import numpy as np

from rasterbout.backends._shared import arithmetic, rasterio_files
from rasterbout.backends._shared.scratch import Scratch
from rasterbout.backends._shared.threads import Handles, Save, saving_in_turns, started_threads, work_through
from rasterbout.contract import TILE_EDGE, Output, Session
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import Window, cut, piece_shape

Compute = Callable[[Window], arithmetic.Float32]
"""Returns the pixels of a window of the output, float32, shape (bands, rows, columns)."""


class RasterioSession(Session):
    """The session of `rasterio-windows`."""

    def __init__(self, resources: Resources, threads: ThreadPoolExecutor) -> None:
        self._chunk = resources.chunk
        self._count = resources.threads
        self._threads = threads
        self._scratch = Scratch()

    @classmethod
    @contextmanager
    def opened(cls, resources: Resources) -> Iterator[Self]:
        """Start the threads; leaving the context stops them."""
        with started_threads(resources.threads) as threads:
            yield cls(resources, threads)

    def versions(self) -> dict[str, str]:
        """Return the versions of numpy, rasterio, GDAL and PROJ."""
        return rasterio_files.loaded_versions()

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        with Handles() as files:
            piece = piece_shape(self._chunk, red.raster.grid.shape, red.raster.block_shape)
            self._write(lambda window: self._ndvi(files, red, nir, window), red.raster.grid, 1, piece, out)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        def compute(window: Window) -> arithmetic.Float32:
            bands = list(range(1, source.count + 1))
            pixels = self._read(files, source, bands, window.refine(factor))
            return arithmetic.window_mean(pixels, source.nodata, factor)

        with Handles() as files:
            piece = rasterio_files.coarse_piece(self._chunk, source, factor)
            self._write(compute, source.grid.coarsen(factor), source.count, piece, out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        def compute(window: Window) -> arithmetic.Float32:
            return arithmetic.window_mean(self._ndvi(files, red, nir, window.refine(factor)), None, factor)

        with Handles() as files:
            piece = rasterio_files.coarse_piece(self._chunk, red.raster, factor)
            self._write(compute, red.raster.grid.coarsen(factor), 1, piece, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        def view(source: Any) -> Any:
            return rasterio_files.warped(source, moving, onto, resampling)

        with Handles(view) as files:
            piece = piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE))
            self._write(
                lambda window: files.of(moving.path).read(window=rasterio_files.block(window)),
                onto, moving.count, piece, out,
            )  # fmt: skip

    def _ndvi(self, files: Handles, red: Band, nir: Band, window: Window) -> arithmetic.Float32:
        r = self._read(files, red.raster, [red.index], window, "red")
        n = self._read(files, nir.raster, [nir.index], window, "nir")
        into = self._scratch.array("ndvi", r.shape, np.float32)
        return arithmetic.ndvi(r, n, red.raster.nodata, nir.raster.nodata, into)

    def _read(
        self, files: Handles, raster: Raster, bands: list[int], window: Window, role: str = "source"
    ) -> arithmetic.Stored:
        """Return the pixels (bands, rows, columns) of a window; the next call for ``role`` overwrites them."""
        into = self._scratch.array(role, (len(bands), window.height, window.width), raster.dtype)
        files.of(raster.path).read(bands, window=rasterio_files.block(window), out=into)
        return into

    def _write(self, compute: Compute, grid: Grid, count: int, piece: tuple[int, int], out: Output) -> None:
        unit = rasterio_files.unit_of(grid, piece, out, self._count)
        with _saving(out, grid, count, unit, self._count) as save:
            work_through(
                cut(grid.shape, unit),
                lambda window: save(window, _assembled(compute, count, window, piece)),
                self._threads,
            )


def _assembled(compute: Compute, count: int, window: Window, piece: tuple[int, int]) -> arithmetic.Float32:
    """Compute a window piece by piece, and return its pixels (bands, rows, columns)."""
    if window.height <= piece[0] and window.width <= piece[1]:
        return compute(window)
    whole = np.empty((count, window.height, window.width), np.float32)
    for part in cut((window.height, window.width), piece):
        whole[:, *part.slices] = compute(
            Window(window.row + part.row, window.column + part.column, part.height, part.width)
        )
    return whole


@contextmanager
def _saving(out: Output, grid: Grid, count: int, piece: tuple[int, int], threads: int) -> Iterator[Save]:
    """Create the output, and yield a function that writes a piece: from all threads if possible, else in turns."""
    if rasterio_files.fits_in_place(out, grid, rasterio_files.even_chunks(grid.shape, piece)):
        rasterio_files.create_empty(out, grid, count, allocated=True)
        with Handles(mode="r+") as files:
            yield lambda window, pixels: files.of(out.path).write(pixels, window=rasterio_files.block(window))
        return
    with saving_in_turns(out, grid, count, threads) as save:
        yield save
