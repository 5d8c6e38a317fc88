"""The model of `forecast_growth.py`: a serial scheduler, a storage of limited bandwidth, and workers.

The scheduler hands out chunks one after another. A worker that is free takes the next one, waits for the bytes that
the storage moves for it, one chunk after another, and then works for as long as was measured with one worker. Before
the first chunk and after the last one the graph is made and the results are gathered.
"""

import heapq
import math
from dataclasses import dataclass

NETWORK = 1.25e9
"""Assumed bandwidth between two workers, in bytes per second: 10 Gbit/s."""

PAYS = 0.9
"""Twice as many workers pay if they take at most this share of the time."""


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What one backend takes for one operation, as measured with one worker.

    Attributes
    ----------
    pixel_s, task_s
        Time of a worker for each pixel of the input, and for each task besides, in seconds.
    scheduler_s
        Time of the scheduler for each task, in seconds.
    graph_s, fixed_s
        Time before the first task and after the last: for each task, and at any rate, in seconds.
    pixel_moved, pixel_stored
        Bytes for each pixel of the input that pass between workers, and from and to the storage.
    """

    pixel_s: float
    task_s: float
    scheduler_s: float
    graph_s: float
    fixed_s: float
    pixel_moved: float
    pixel_stored: float


@dataclass(frozen=True, kw_only=True)
class Job:
    """A raster of ``pixels`` that a graph of ``tasks`` reads in ``chunks``."""

    pixels: int
    chunks: int
    tasks: int


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Wall time in seconds, and the name of what takes the largest part of it."""

    wall_s: float
    limit: str


def forecast(costs: Costs, job: Job, workers: int, *, bandwidth: float = math.inf, apart: bool = True) -> Forecast:
    """Return the forecast for a number of workers.

    Parameters
    ----------
    bandwidth
        Of the storage, in bytes per second.
    apart
        Whether the scheduler has a core of its own. Otherwise it takes its time from the cores of the workers.
    """
    pixels, tasks = job.pixels / job.chunks, job.tasks / job.chunks
    chunk_s = costs.pixel_s * pixels + costs.task_s * tasks + (costs.pixel_moved * pixels / NETWORK) * (workers > 1)
    scheduler_s, storage_s = costs.scheduler_s * tasks, costs.pixel_stored * pixels / bandwidth
    if not apart:
        chunk_s, scheduler_s = chunk_s + scheduler_s, 0.0
    graph_s = costs.fixed_s + costs.graph_s * job.tasks
    wall_s = graph_s + simulate(job.chunks, workers, chunk_s=chunk_s, scheduler_s=scheduler_s, storage_s=storage_s)
    parts = {
        "work": math.ceil(job.chunks / workers) * chunk_s,
        "scheduler": job.chunks * scheduler_s,
        "storage": job.chunks * storage_s,
        "graph": graph_s,
    }
    return Forecast(wall_s=wall_s, limit=max(parts, key=lambda name: parts[name]))


def simulate(
    chunks: int, workers: int, *, chunk_s: float, scheduler_s: float = 0.0, storage_s: float = 0.0
) -> float:  # fmt: skip
    """Return the time in seconds until the last of ``chunks`` is done.

    Parameters
    ----------
    chunk_s, scheduler_s, storage_s
        Time for a chunk in seconds: of one of the workers, of the only scheduler, of the only storage.
    """
    free_s = [0.0] * workers
    scheduled_s = stored_s = 0.0
    for _ in range(chunks):
        scheduled_s += scheduler_s
        begin_s = max(scheduled_s, free_s[0])
        stored_s = max(stored_s, begin_s) + storage_s
        heapq.heapreplace(free_s, stored_s + chunk_s)
    return max(free_s)


def paying(walls_s: dict[int, float]) -> int:
    """Return the number of workers beyond which twice as many do not pay; ``walls_s`` has powers of two from 1."""
    workers = 1
    while 2 * workers in walls_s and walls_s[2 * workers] <= PAYS * walls_s[workers]:
        workers *= 2
    return workers
