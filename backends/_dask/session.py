"""What the sessions on a tuned cluster share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import distributed

from rasterbout.backends._dask.cluster import tuned_cluster
from rasterbout.backends._shared import rasterio_files
from rasterbout.contract import Session
from rasterbout.resources import Resources


class TunedSession(Session):
    """A session whose chunks are those that were asked for, on a cluster with tuned settings."""

    def __init__(self, chunk: int | None, client: distributed.Client) -> None:
        self._chunk = chunk
        self._client = client

    @classmethod
    @contextmanager
    def opened(cls, resources: Resources) -> Iterator[Self]:
        """Start the cluster; leaving the context stops it."""
        with tuned_cluster(resources) as client:
            yield cls(resources.chunk, client)

    def versions(self) -> dict[str, str]:
        """Return the versions of numpy, rasterio, GDAL and PROJ."""
        return rasterio_files.loaded_versions()
