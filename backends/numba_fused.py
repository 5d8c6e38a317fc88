"""Loops compiled by numba: a thread reads a block, computes it in one pass and writes it.

Blocks that are stored as plain pixels are read and written directly; rasterio reads and writes all others.
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rasterbout.backends._shared.versions import availability, importing
from rasterbout.contract import Availability, Backend, Output, Script, Session
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

if TYPE_CHECKING:
    from rasterbout.backends._numba.session import NumbaSession


class NumbaFused(Backend):
    """Pieces of the output, computed by as many threads as there are workers."""

    def probe(self) -> Availability:
        """Look up the installed versions of its libraries."""
        return availability("numba", "rasterio", "numpy")

    def session_class(self) -> "type[NumbaSession]":
        """Import the libraries, and return the class of its sessions."""
        with importing():
            from rasterbout.backends._numba.session import NumbaSession
        return NumbaSession

    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Compile the loops or load them from numba's cache, and start the threads."""
        return self.session_class().opened(resources)

    def script(self, operation: Operation, resources: Resources, out: Output) -> Script | None:
        """Return a script of compiled loops over windows, which rasterio reads and writes."""
        from rasterbout.backends._numba.script import script

        return script(operation, resources, out)
