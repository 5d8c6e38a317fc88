"""Dask with `map_blocks`: numpy functions applied to each chunk by the workers of a local cluster."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rasterbout.backends._shared.versions import availability, importing
from rasterbout.contract import Availability, Backend, Output, Script, Session
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

if TYPE_CHECKING:
    from rasterbout.backends._dask.map_blocks_session import MapBlocksSession


class DaskMapBlocks(Backend):
    """Each chunk is read, computed and written by one worker process."""

    follows_scheduler = True

    def probe(self) -> Availability:
        """Look up the installed versions of its libraries."""
        return availability("dask", "distributed", "rasterio", "numpy")

    def session_class(self) -> "type[MapBlocksSession]":
        """Import the libraries, and return the class of its sessions."""
        with importing():
            from rasterbout.backends._dask.map_blocks_session import MapBlocksSession
        return MapBlocksSession

    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Start a local cluster or connect to that of a scheduler; leaving the context stops what was started."""
        return self.session_class().opened(resources)

    def script(self, operation: Operation, resources: Resources, out: Output) -> Script | None:
        """Return a script of functions of numpy arrays on a local cluster."""
        from rasterbout.backends._dask.script import script

        return script("map_blocks", operation, resources, out)
