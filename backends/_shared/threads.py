"""Process windows in threads; each thread has its own file handles."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import NDArray

from rasterbout.backends._shared import rasterio_files
from rasterbout.contract import Output
from rasterbout.decoded import DIRECT
from rasterbout.grid import Grid
from rasterbout.window import Window

Save = Callable[[Window, NDArray[np.float32]], None]
"""Writes the pixels, float32 (bands, rows, columns), of a window of the output."""


class Handles:
    """Open files, with separate handles for each thread; leaving the context closes all of them.

    Parameters
    ----------
    view
        Returns what `of` shall return for an open dataset; the dataset itself by default.
    mode
        ``r`` to read, ``r+`` to read and write.
    """

    def __init__(self, view: Callable[[Any], Any] = lambda source: source, mode: str = "r") -> None:
        self._view = view
        self._mode = mode
        self._mine = threading.local()
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def of(self, path: Path) -> Any:
        """Return this thread's handle of ``path``, or of the view of it."""
        handles: dict[str, Any] = self._mine.__dict__
        key = str(path)
        if key not in handles:
            source = rasterio.open(path, self._mode, sharing=False)
            # Another thread closes it, so rasterio's context managers, which belong to a thread, cannot be used.
            self._opened.callback(source.close)
            handles[key] = self._view(source)
            self._opened.callback(handles[key].close)
        return handles[key]


@contextmanager
def started_threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Start ``count`` threads; leaving the context waits for their work and stops them.

    A pool that starts its threads on demand loses one if Ctrl-C interrupts the start: the lost thread takes work,
    nobody waits for it, and it crashes when its files are closed. Here threads have no work while they start.
    """
    started = threading.Event()
    with ThreadPoolExecutor(count) as threads:
        try:
            for _ in range(count):
                threads.submit(started.wait)  # occupies a thread, so that the next call starts another
        finally:
            started.set()
        yield threads


def work_through(windows: Iterable[Window], work: Callable[[Window], None], threads: ThreadPoolExecutor) -> None:
    """Call ``work`` for each of ``windows`` in ``threads``.

    All calls have ended when this function returns or raises.
    """

    def work_on(window: Window) -> None:
        with rasterio.Env(**DIRECT):  # in this thread, as a virtual raster opens its sources on reading
            work(window)

    pending: list[Future[None]] = []
    try:
        pending.extend(threads.submit(work_on, window) for window in windows)
        for future in pending:
            future.result()
    except Exception:  # the caller closes the files, so no thread may still use them
        for future in pending:
            future.cancel()
        wait(pending)
        raise
    except BaseException:  # Ctrl-C, perhaps during submit(): the session ends
        threads.shutdown(wait=True, cancel_futures=True)
        raise


@contextmanager
def saving_in_turns(out: Output, grid: Grid, count: int, threads: int) -> Iterator[Save]:
    """Create the output, and yield a function that writes a window, in one thread at a time.

    GDAL compresses in ``threads`` threads.
    """
    turn = threading.Lock()
    with rasterio_files.create(out, grid, count, threads) as target:

        def save(window: Window, pixels: NDArray[np.float32]) -> None:
            with turn:
                target.write(pixels, window=rasterio_files.block(window))

        yield save
