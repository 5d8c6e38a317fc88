"""Windows worked on by threads, each with file handles of its own."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import NDArray

from rasterbout.backends import _rasterio
from rasterbout.contract import Output
from rasterbout.decoded import DIRECT
from rasterbout.grid import Grid
from rasterbout.window import Window

Save = Callable[[Window, NDArray[np.float32]], None]
"""Writes the pixels (bands, rows, columns) of a window of the output."""


class Handles:
    """Open files, each thread with its own handles; all closed at the end.

    Parameters
    ----------
    view
        What a thread sees of an open file.
    mode
        ``r`` to read, ``r+`` to write as well.
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
        """Return this thread's handle on ``path``, or on the view of it."""
        handles: dict[str, Any] = self._mine.__dict__
        key = str(path)
        if key not in handles:
            source = rasterio.open(path, self._mode, sharing=False)
            # Closed by another thread than this one, which rasterio's own context managers do not bear.
            self._opened.callback(source.close)
            handles[key] = self._view(source)
            self._opened.callback(handles[key].close)
        return handles[key]


def work_through(windows: Iterable[Window], work: Callable[[Window], None], threads: ThreadPoolExecutor) -> None:
    """Do ``work`` on all ``windows``; no thread is at it any more on return, nor when it raises."""

    def work_on(window: Window) -> None:
        with rasterio.Env(**DIRECT):  # of this thread; a virtual raster opens what is behind it while it is read
            work(window)

    pending: list[Future[None]] = []
    try:
        pending.extend(threads.submit(work_on, window) for window in windows)
        for future in pending:
            future.result()
    except Exception:  # no thread may use the files once they are closed
        for future in pending:
            future.cancel()
        wait(pending)
        raise
    except BaseException:  # Ctrl-C, perhaps while a window was handed out: the session ends
        threads.shutdown(wait=True, cancel_futures=True)
        raise


@contextmanager
def saving_in_turns(out: Output, grid: Grid, count: int, threads: int) -> Iterator[Save]:
    """Create the output, and return what writes pieces, one thread at a time; all ``threads`` compress."""
    turn = threading.Lock()
    with _rasterio.create(out, grid, count, threads) as target:

        def save(window: Window, pixels: NDArray[np.float32]) -> None:
            with turn:
                target.write(pixels, window=_rasterio.block(window))

        yield save
