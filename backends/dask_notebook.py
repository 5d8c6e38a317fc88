"""The baseline, dask as in a notebook: automatic chunks, one lock for all reads, compute, then write."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, ClassVar

from rasterbout.backends._shared.versions import availability, importing
from rasterbout.contract import Availability, Backend, Session
from rasterbout.resources import Resources

if TYPE_CHECKING:
    from rasterbout.backends._dask.notebook_session import NotebookSession


class DaskNotebook(Backend):
    """rioxarray with ``chunks=True`` and ``lock=True`` on a local cluster with default settings."""

    follows_chunk: ClassVar[bool] = False

    def probe(self) -> Availability:
        """Look up the installed versions of its libraries."""
        return availability("dask", "distributed", "rioxarray", "xarray", "rasterio", "numpy")

    def session_class(self) -> "type[NotebookSession]":
        """Import the libraries, and return the class of its sessions."""
        with importing():
            from rasterbout.backends._dask.notebook_session import NotebookSession
        return NotebookSession

    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Start a local cluster; leaving the context stops it."""
        return self.session_class().opened(resources)
