"""Measure the costs of the model in `growth_model.py` on this machine, on dask clusters of one and of two workers."""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import dask
import numpy as np
from distributed.diagnostics.plugin import SchedulerPlugin
from growth_model import Costs, Job
from scipy.optimize import nnls

from rasterbout.backends._dask.cluster import Cluster, tuned_cluster
from rasterbout.contract import Output, perform
from rasterbout.datasets import load
from rasterbout.measure import free_pages
from rasterbout.operations.operation import Operation
from rasterbout.registry import load_backend
from rasterbout.resources import Resources

DATASET = "s2-mosaic"
FLOAT32 = 4  # bytes of a pixel of an output


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of an operation: its graph, and where its time went, in seconds or bytes.

    Attributes
    ----------
    outside_s
        Wall time before the first task and after the last.
    span_s, computing_s
        Time from the first task's start to the last one's end, and the sum of the times in which tasks ran.
    moved
        Bytes that workers sent to other processes.
    """

    job: Job
    outside_s: float
    span_s: float
    computing_s: float
    moved: int


@dataclass(frozen=True)
class GraphOnly(Cluster):
    """A cluster that keeps the graph of what it should compute."""

    graphs: list[dict[Any, set[Any]]] = field(default_factory=list)

    def compute(self, collection: Any) -> None:
        """Keep the tasks that the scheduler would get, each with those that it depends on."""
        (optimized,) = dask.optimize(collection)
        self.graphs.append(optimized.__dask_graph__().get_all_dependencies())


class Finished(SchedulerPlugin):
    """Notes when tasks ran, and the CPU time of the scheduler's process at the end of each."""

    name = "finished"

    def __init__(self) -> None:
        self.cpu_s: list[float] = []
        self.computed: list[tuple[float, float]] = []

    def clear(self) -> None:
        """Forget all tasks."""
        self.cpu_s.clear()
        self.computed.clear()

    def transition(self, _key: Any, start: str, finish: str, *_: Any, **facts: Any) -> None:
        """Note a task that has been computed."""
        if start == "processing" and finish == "memory":
            self.cpu_s.append(time.process_time())
            ran = [one for one in facts["startstops"] if one["action"] == "compute"]
            self.computed += [(one["start"], one["stop"]) for one in ran]


class Bench:
    """A cluster of ``workers`` on which operations are timed."""

    def __init__(self, cluster: Cluster, scratch: Path) -> None:
        self._cluster = cluster
        self._path = scratch / "output.tif"
        self._finished = Finished()
        cluster.client.cluster.scheduler.add_plugin(self._finished)

    def graph(self, backend: str, name: str, size: int, chunk: int) -> tuple[Job, dict[Any, set[Any]]]:
        """Return the graph that the backend would compute for the operation ``name``, and its measures."""
        operation, caught = _operation(name, size), GraphOnly(client=self._cluster.client)
        self._perform(caught, backend, operation, chunk)
        (graph,) = caught.graphs
        chunks = sum(not needed for needed in graph.values())  # each chunk is read by a task that needs no other
        return Job(pixels=pixels(operation), chunks=chunks, tasks=len(graph)), graph

    def run(self, backend: str, name: str, size: int, chunk: int, repeats: int) -> list[Run]:
        """Return timed runs of the operation ``name``, after one that warms up."""
        job, _ = self.graph(backend, name, size, chunk)
        operation = _operation(name, size)
        return [self._timed(backend, operation, chunk, job) for _ in range(repeats + 1)][1:]

    def scheduling_s(self, graph: dict[Any, set[Any]]) -> float:
        """Return the scheduler's CPU time for a task of a graph of empty tasks, in seconds."""
        self._finished.clear()
        token = uuid4().hex  # the scheduler may still hold results of the same names
        empty = {
            _renamed(key, token): (bool, [_renamed(one, token) for one in needed]) for key, needed in graph.items()
        }
        last = set(graph).difference(*graph.values())
        self._cluster.client.get(empty, [_renamed(key, token) for key in last])
        cpu_s = self._finished.cpu_s
        return (cpu_s[-1] - cpu_s[0]) / (len(cpu_s) - 1)

    def _timed(self, backend: str, operation: Operation, chunk: int, job: Job) -> Run:
        free_pages.provide(FLOAT32 * operation.grid.width * operation.grid.height, self._path.parent)
        self._finished.clear()
        sent = self._sent()
        began_s = time.perf_counter()
        self._perform(self._cluster, backend, operation, chunk)
        wall_s = time.perf_counter() - began_s
        starts, stops = np.array(self._finished.computed).T
        span_s = stops.max() - starts.min()
        return Run(
            job=job, outside_s=wall_s - span_s, span_s=span_s, computing_s=(stops - starts).sum(),
            moved=self._sent() - sent,
        )  # fmt: skip

    def _perform(self, cluster: Cluster, backend: str, operation: Operation, chunk: int) -> None:
        session = load_backend(backend).session_class()(chunk, cluster)
        perform(session, operation, Output(path=self._path))
        self._path.unlink()

    def _sent(self) -> int:
        return sum(self._cluster.client.run(_outgoing).values())


@contextmanager
def bench(workers: int, scratch: Path) -> Iterator[Bench]:
    """Start a cluster with the limits of a measured one; leaving the context stops it."""
    resources = Resources(workers=workers)
    os.environ.update(resources.environment())  # before GDAL reads it; workers inherit it
    with tuned_cluster(resources) as cluster:
        yield Bench(cluster, scratch)


def costs(ones: Sequence[Sequence[Run]], twos: Sequence[Run], operation: Operation, scheduler_s: float) -> Costs:
    """Return the costs that fit the medians of runs with one worker best, and the bytes moved between two workers.

    Parameters
    ----------
    ones
        Runs with one worker: some for each of two or more sizes of chunks.
    """
    jobs = [runs[0].job for runs in ones]
    spans_s = [statistics.median(run.span_s for run in runs) for runs in ones]
    outsides_s = [statistics.median(run.outside_s for run in runs) for runs in ones]
    (pixel_s, task_s), _ = nnls(np.array([[job.pixels, job.tasks] for job in jobs]), np.array(spans_s))
    (fixed_s, graph_s), _ = nnls(np.array([[1, job.tasks] for job in jobs]), np.array(outsides_s))
    # Of two workers, each finds half of what others have made; of many workers nearly nothing.
    moved = 2 * statistics.median(run.moved for run in twos) / twos[0].job.pixels
    return Costs(
        pixel_s=float(pixel_s), task_s=float(task_s), scheduler_s=scheduler_s, graph_s=float(graph_s),
        fixed_s=float(fixed_s), pixel_moved=moved, pixel_stored=_stored(operation) / pixels(operation),
    )  # fmt: skip


def pixels(operation: Operation) -> int:
    """Return the number of pixels of the finest raster that ``operation`` reads."""
    return max(raster.grid.width * raster.grid.height for raster in operation.inputs)


def _stored(operation: Operation) -> int:
    read = sum(one.grid.width * one.grid.height * np.dtype(one.dtype).itemsize for one in operation.inputs)
    return int(read + FLOAT32 * operation.grid.width * operation.grid.height)


def _operation(name: str, size: int) -> Operation:
    return load(DATASET, size=size).operation(name)


def _renamed(key: Any, token: str) -> Any:
    """Return a key of another group of tasks, with the same place in it."""
    return (f"{key[0]}-{token}", *key[1:]) if isinstance(key, tuple) else f"{key}-{token}"


def _outgoing(dask_worker: Any) -> int:
    return int(dask_worker.transfer_outgoing_bytes_total)
