"""The page cache of input files: brings files into a state, and checks every page.

Uses posix_fadvise(2) and mincore(2), which need no privileges.
"""

import ctypes
import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np

from rasterbout.operations.operation import Operation

State = Literal["warm", "cold", "unknown"]

PIECE_BYTES = 4 << 20
ATTEMPTS = 3  # a core briefly keeps references to the pages it has just read, which therefore cannot be dropped
RESIDENT = 1  # bit 0 of mincore's result for a page


def bring_inputs(operation: Operation, asked: State) -> State:
    """Bring all files that ``operation`` reads into the state ``asked``, and return the state reached."""
    return bring({file for raster in operation.inputs for file in raster.files}, asked)


def bring(files: Iterable[Path], asked: State) -> State:
    """Bring all pages of ``files`` into the cache (warm) or out of it (cold), and return the state reached.

    The state is ``unknown`` if any page did not follow: on in-memory file systems, while another process
    uses the page, or if mincore gives no information, as for files that the user neither owns nor may write.
    """
    reached = [_bring_one(file, asked) for file in files]
    return asked if all(reached) else "unknown"


def _bring_one(file: Path, asked: State) -> bool:
    try:
        with file.open("rb", buffering=0) as opened:
            may_know = os.access(file, os.W_OK) or file.stat().st_uid == os.geteuid()
            return may_know and _follows(opened.fileno(), warm=asked == "warm")
    except OSError:  # not a file of its own, or not mappable
        return False


def _follows(handle: int, *, warm: bool) -> bool:
    """Bring all pages of an open file into or out of the cache, and return whether all followed."""
    for _ in range(ATTEMPTS):
        if (resident_pages(handle) == warm).all():
            return True
        _read_all(handle) if warm else _drop(handle)
    return bool((resident_pages(handle) == warm).all())


def resident_pages(handle: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each page of an open file whether it is in the page cache.

    Raises
    ------
    OSError
        The call of mincore failed.
    """
    size = os.fstat(handle).st_size
    if size == 0:
        return np.zeros(0, dtype=bool)
    with mmap.mmap(handle, size, access=mmap.ACCESS_COPY) as mapped:
        states = np.zeros(-(-size // mmap.PAGESIZE), dtype=np.uint8)
        start = ctypes.c_char.from_buffer(mapped)
        failed = ctypes.CDLL(None, use_errno=True).mincore(
            ctypes.c_void_p(ctypes.addressof(start)), ctypes.c_size_t(size), ctypes.c_void_p(states.ctypes.data)
        )
        del start  # else the mapping cannot be closed
        if failed:
            raise OSError(ctypes.get_errno(), "mincore")
    resident: np.ndarray[tuple[int], np.dtype[np.bool_]] = (states & RESIDENT).astype(bool)
    return resident


def _read_all(handle: int) -> None:
    buffer = memoryview(bytearray(PIECE_BYTES))
    for start in range(0, os.fstat(handle).st_size, PIECE_BYTES):
        os.preadv(handle, [buffer], start)


def _drop(handle: int) -> None:
    os.fsync(handle)  # a page that is not on disk yet cannot be dropped
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
