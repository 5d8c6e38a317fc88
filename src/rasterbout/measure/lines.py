"""Whole lines out of a pipe that is read without waiting."""

import os
from collections.abc import Iterator

PIPE_BYTES = 1 << 16


class Lines:
    """What another process writes to the pipe ``source``, line by line; ``ended`` once that has closed it."""

    def __init__(self, source: int) -> None:
        self.ended = False
        self._source = source
        self._begun = b""
        os.set_blocking(source, False)

    def read(self) -> Iterator[bytes]:
        """Yield the lines that are there by now; one that is not whole yet is kept for the next time."""
        while True:
            try:
                arrived = os.read(self._source, PIPE_BYTES)
            except BlockingIOError:
                return
            if not arrived:
                self.ended = True
                return
            *lines, self._begun = (self._begun + arrived).split(b"\n")
            yield from lines
