"""Clusters of worker processes: those that a session starts on this machine."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import distributed

from rasterbout.contract import Hosts
from rasterbout.errors import BackendUnavailable
from rasterbout.resources import MIB, Resources

TUNED = {
    # Dask makes its workers return the memory of every freed array to the system, which then provides the
    # next array page by page. Pieces of a raster have one size, so their memory is kept for the next piece.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 * MIB,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 * MIB,
    # Uncompressed pixels are read directly from the file, without GDAL's block cache.
    "distributed.nanny.pre-spawn-environ.GTIFF_DIRECT_IO": "YES",
}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A client, and the workers that it may use.

    Attributes
    ----------
    workers
        Their addresses; None for all.
    hosts
        Where they run, if this process did not start them.
    """

    client: distributed.Client
    workers: list[str] | None = None
    hosts: Hosts | None = None

    @property
    def threads(self) -> int:
        """Number of threads of all workers."""
        return sum(self.client.nthreads(self.workers).values())

    def compute(self, collection: Any) -> Any:
        """Compute a dask collection, and return the result."""
        return self.client.compute(collection, sync=True, workers=self.workers)

    def require_shared(self, path: Path) -> None:
        """Check that all workers see the file ``path``.

        Raises
        ------
        BackendUnavailable
            A worker does not.
        """
        if self.hosts is not None:
            blind = [host for host, seen in self.hosts.call(_sees, path).items() if not seen]
            if blind:
                raise BackendUnavailable(
                    f"{blind[0]} does not see {path.parent}; choose a folder that all workers share by --out"
                )


def _sees(_pids: list[int], path: Path) -> bool:
    return path.exists()


@contextmanager
def tuned_cluster(resources: Resources) -> Iterator[Cluster]:
    """Start a cluster with the settings `TUNED` and connect a client; leaving the context stops both."""
    with dask.config.set(TUNED), cluster(resources) as started:
        yield started


@contextmanager
def cluster(resources: Resources) -> Iterator[Cluster]:
    """Start a cluster with dask's default settings and connect a client; leaving the context stops both."""
    with (
        distributed.LocalCluster(
            n_workers=resources.workers,
            threads_per_worker=resources.threads_per_worker,
            processes=True,
            memory_limit=resources.memory_limit / resources.workers if resources.memory_limit else "auto",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as local,
        distributed.Client(local) as client,
    ):
        yield Cluster(client=client)
