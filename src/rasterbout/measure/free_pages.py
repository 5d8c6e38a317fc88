"""Free memory for the page cache of an output file.

Hypervisors reclaim pages that a virtual machine has freed (Linux: free page reporting). The first write to such
a page faults in the host, and takes several times as long as a write to any other. Which repeat would pay
depends on when earlier outputs were removed, not on the backend.
"""

import os
from contextlib import suppress
from pathlib import Path

from rasterbout.resources import MIB

MOST_BYTES = 1024 * MIB
"""Larger outputs fill the page cache and are limited by the disk."""


def provide(size: int, scratch: Path) -> None:
    """Leave free pages for ``size`` bytes, at most `MOST_BYTES`, by writing and removing a file in ``scratch``."""
    path = scratch / "free-pages.bin"
    piece = b"1" * MIB
    with suppress(OSError):  # the disk is full, as the operation will report
        try:
            with path.open("wb", buffering=0) as file:
                for start in range(0, min(size, MOST_BYTES), MIB):
                    os.pwrite(file.fileno(), piece, start)
        finally:
            path.unlink(missing_ok=True)
