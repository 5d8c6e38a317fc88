"""What the sessions on a tuned cluster share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rasterbout.backends._dask.cluster import Cluster, tuned_cluster
from rasterbout.backends._dask.remote import remote_cluster
from rasterbout.backends._shared import rasterio_files
from rasterbout.contract import Hosts, Session
from rasterbout.resources import Resources


class TunedSession(Session):
    """A session whose chunks are those that were asked for, on a cluster whose settings are tuned if it is its own."""

    def __init__(self, chunk: int | None, cluster: Cluster) -> None:
        self._chunk = chunk
        self._cluster = cluster

    @classmethod
    @contextmanager
    def opened(cls, resources: Resources) -> Iterator[Self]:
        """Start the cluster, or connect to that of a scheduler; leaving the context stops what was started."""
        with remote_cluster(resources) if resources.scheduler else tuned_cluster(resources) as cluster:
            yield cls(resources.chunk, cluster)

    def hosts(self) -> Hosts | None:
        """Return the hosts of the scheduler's workers; None if this session started them."""
        return self._cluster.hosts

    def versions(self) -> dict[str, str]:
        """Return the versions of numpy, rasterio, GDAL and PROJ."""
        return rasterio_files.loaded_versions()
