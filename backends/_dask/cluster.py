"""Local clusters of worker processes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dask
import distributed

from rasterbout.resources import MIB, Resources

TUNED = {
    # Dask makes its workers return the memory of every freed array to the system, which then provides the
    # next array page by page. Pieces of a raster have one size, so their memory is kept for the next piece.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 * MIB,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 * MIB,
    # Uncompressed pixels are read directly from the file, without GDAL's block cache.
    "distributed.nanny.pre-spawn-environ.GTIFF_DIRECT_IO": "YES",
}


@contextmanager
def tuned_cluster(resources: Resources) -> Iterator[distributed.Client]:
    """Start a cluster with the settings `TUNED` and connect a client; leaving the context stops both."""
    with dask.config.set(TUNED), cluster(resources) as client:
        yield client


@contextmanager
def cluster(resources: Resources) -> Iterator[distributed.Client]:
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
        yield client
