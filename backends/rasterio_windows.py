"""Plain rasterio: windows are read and computed by threads, each with its own file handles."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rasterbout.backends._shared.versions import availability, importing
from rasterbout.contract import Availability, Backend, Output, Script, Session
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

if TYPE_CHECKING:
    from rasterbout.backends._rasterio.session import RasterioSession


class RasterioWindows(Backend):
    """Windows of the output, computed by as many threads as there are workers."""

    def probe(self) -> Availability:
        """Look up the installed versions of its libraries."""
        return availability("rasterio", "numpy")

    def session_class(self) -> "type[RasterioSession]":
        """Import the libraries, and return the class of its sessions."""
        with importing():
            from rasterbout.backends._rasterio.session import RasterioSession
        return RasterioSession

    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Start the threads; leaving the context stops them."""
        return self.session_class().opened(resources)

    def script(self, operation: Operation, resources: Resources, out: Output) -> Script | None:
        """Return a script of windows in a pool of threads."""
        from rasterbout.backends._rasterio.script import script

        return script(operation, resources, out)
