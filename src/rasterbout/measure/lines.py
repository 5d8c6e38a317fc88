"""Complete lines from a pipe that is read without blocking."""

import os
from collections.abc import Iterator

PIPE_BYTES = 1 << 16


class Lines:
    """The lines that another process writes to the pipe ``source``; ``ended`` is set once it is closed."""

    def __init__(self, source: int) -> None:
        self.ended = False
        self._source = source
        self._begun: list[bytes] = []
        os.set_blocking(source, False)

    def read(self) -> Iterator[bytes]:
        """Yield the complete lines available now; keep an incomplete one for the next call."""
        while True:
            try:
                arrived = os.read(self._source, PIPE_BYTES)
            except BlockingIOError:
                return
            if not arrived:
                self.ended = True
                return
            self._begun.append(arrived)
            if b"\n" in arrived:
                *lines, begun = b"".join(self._begun).split(b"\n")
                self._begun = [begun]
                yield from lines
