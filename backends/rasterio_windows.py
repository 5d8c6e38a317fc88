"""Plain rasterio: windows read and computed by threads, each with file handles of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import rasterio

from rasterbout.backends import _numpy, _rasterio
from rasterbout.contract import TILE_EDGE, Availability, Backend, Output, Session
from rasterbout.grid import Grid
from rasterbout.operation import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import Window, aligned_piece, cut, piece_shape

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
        self._threads = threads

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        with _Files() as files:
            piece = piece_shape(self._chunk, red.raster.grid.shape, red.raster.block_shape)
            self._write(lambda window: _ndvi(files, red, nir, window), red.raster.grid, 1, piece, out)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        def compute(window: Window) -> _numpy.Float32:
            pixels = files.of(source.path).read(window=_rasterio.block(window.refine(factor)))
            return _numpy.window_mean(pixels, source.nodata, factor)

        with _Files() as files:
            piece = self._coarse_piece(source, factor)
            self._write(compute, source.grid.coarsen(factor), source.count, piece, out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        def compute(window: Window) -> _numpy.Float32:
            return _numpy.window_mean(_ndvi(files, red, nir, window.refine(factor)), None, factor)

        with _Files() as files:
            piece = self._coarse_piece(red.raster, factor)
            self._write(compute, red.raster.grid.coarsen(factor), 1, piece, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        def view(source: Any) -> Any:
            return _rasterio.warped(source, moving, onto, resampling)

        with _Files(view) as files:
            piece = piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE))
            self._write(
                lambda window: files.of(moving.path).read(window=_rasterio.block(window)),
                onto, moving.count, piece, out,
            )  # fmt: skip

    def _coarse_piece(self, source: Raster, factor: int) -> tuple[int, int]:
        piece = piece_shape(self._chunk, source.grid.shape, source.block_shape)
        rows, columns = aligned_piece(piece, factor)
        return rows // factor, columns // factor

    def _write(self, compute: Compute, grid: Grid, count: int, piece: tuple[int, int], out: Output) -> None:
        writing = threading.Lock()
        with _rasterio.create(out, grid, count) as target:

            def work(window: Window) -> None:
                pixels = compute(window)
                with writing:
                    target.write(pixels, window=_rasterio.block(window))

            pending: list[Future[None]] = []
            try:
                pending.extend(self._threads.submit(work, window) for window in cut(grid.shape, piece))
                for future in pending:
                    future.result()
            except Exception:  # no thread may use the files once they are closed
                for future in pending:
                    future.cancel()
                wait(pending)
                raise
            except BaseException:  # Ctrl-C, perhaps while a window was handed out: the session ends
                self._threads.shutdown(wait=True, cancel_futures=True)
                raise


class _Files:
    """Open files, each thread with its own handles; all closed at the end."""

    def __init__(self, view: Callable[[Any], Any] = lambda source: source) -> None:
        self._view = view
        self._mine = threading.local()
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def of(self, path: Path) -> Any:
        """Return this thread's handle on ``path``, or on the view of it."""
        handles: dict[str, Any] = self._mine.__dict__
        key = str(path)
        if key not in handles:
            source = rasterio.open(path, sharing=False)
            # Closed by another thread than this one, which rasterio's own context managers do not bear.
            self._opened.callback(source.close)
            handles[key] = self._view(source)
            self._opened.callback(handles[key].close)
        return handles[key]


def _ndvi(files: _Files, red: Band, nir: Band, window: Window) -> _numpy.Float32:
    block = _rasterio.block(window)
    r, n = (files.of(band.raster.path).read([band.index], window=block) for band in (red, nir))
    return _numpy.ndvi(r, n, red.raster.nodata, nir.raster.nodata)
