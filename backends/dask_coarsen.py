"""Dask with array operations: expressions of lazy arrays, `dask.array.coarsen`, odc-geo's lazy reprojection."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from rasterbout.backends._shared.versions import availability, importing
from rasterbout.contract import Availability, Backend, Output, Script, Session
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

if TYPE_CHECKING:
    from rasterbout.backends._dask.coarsen_session import CoarsenSession


class DaskCoarsen(Backend):
    """Expressions of whole lazy arrays, which dask divides into tasks."""

    follows_scheduler = True

    def probe(self) -> Availability:
        """Look up the installed versions of its libraries."""
        return availability("dask", "distributed", "odc-geo", "xarray", "rasterio", "numpy")

    def session_class(self) -> "type[CoarsenSession]":
        """Import the libraries, and return the class of its sessions."""
        with importing():
            from rasterbout.backends._dask.coarsen_session import CoarsenSession
        return CoarsenSession

    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Start a local cluster or connect to that of a scheduler; leaving the context stops what was started."""
        return self.session_class().opened(resources)

    def script(self, operation: Operation, resources: Resources, out: Output) -> Script | None:
        """Return a script of expressions of lazy arrays on a local cluster."""
        from rasterbout.backends._dask.script import script

        return script("coarsen", operation, resources, out)
