"""Combine tasks and axes into the list of cases."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from rasterbout.case import Cache, Case
from rasterbout.contract import Layout, why_not
from rasterbout.errors import BackendUnavailable
from rasterbout.identity import SETTING
from rasterbout.operations.operation import Operation
from rasterbout.registry import load_backend
from rasterbout.resources import Resources


@dataclass(frozen=True, kw_only=True)
class Task:
    """An operation on a dataset with a nominal width of ``size`` pixels, and the layout of its result.

    It is measured with those ``workers`` alone that it names, if it names any.
    """

    dataset: str
    size: int
    operation: Operation
    layout: Layout = field(default_factory=Layout)
    workers: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Axes:
    """The settings that vary between the cases of a task, and those common to all.

    Backends that can work for a ``scheduler`` do so, with ``scheduled`` instead of ``workers``; the others here.
    """

    chunks: Sequence[int | None]
    workers: Sequence[int]
    memory_limit: int | None = None
    cache: Cache = "warm"
    scheduler: str = ""
    scheduled: Sequence[int] = ()

    def workers_of(self, backend: str) -> Sequence[int]:
        """Return the numbers of workers of ``backend``."""
        return self.scheduled if self.scheduler_of(backend) else self.workers

    def scheduler_of(self, backend: str) -> str:
        """Return the address of the scheduler that ``backend`` works for; empty for none."""
        return self.scheduler if _asked(backend, "follows_scheduler", unknown=False) else ""


def fields_of_task(task: Task, cache: Cache) -> dict[str, Any]:
    """Return the record fields that ``task`` determines; those of a setting are empty."""
    case = Case(operation=task.operation, backend="", dataset=task.dataset, size=task.size, resources=Resources(),
                layout=task.layout, cache=cache)  # fmt: skip
    return {name: value for name, value in case.fields.items() if name not in SETTING}


def cases(tasks: Iterable[Task], backends: Sequence[str], axes: Axes) -> list[Case]:
    """Return every combination once; a backend that chooses its own chunks has no chunk axis."""
    every = (
        Case(
            operation=task.operation,
            backend=backend,
            dataset=task.dataset,
            size=task.size,
            resources=Resources(
                workers=number,
                chunk=chunk if _asked(backend, "follows_chunk", unknown=True) else None,
                memory_limit=axes.memory_limit,
                scheduler=axes.scheduler_of(backend),
            ),
            layout=task.layout,
            cache=axes.cache,
        )
        for task, backend, chunk in product(tasks, backends, axes.chunks)
        for number in axes.workers_of(backend)
        if task.workers is None or number in task.workers
    )
    return list({case.key: case for case in every}.values())


def yardsticks(tasks: Iterable[Task], names: Sequence[str], axes: Axes) -> Iterator[Case]:
    """Yield the cases of the yardsticks ``names``, for the operations they support."""
    for case in cases(tasks, names, axes):
        if why_not(load_backend(case.backend), case.operation) is None:
            yield case


def _asked(backend: str, name: str, *, unknown: bool) -> bool:
    """Return a class attribute of a backend, ``unknown`` if it cannot be loaded."""
    try:
        found: bool = getattr(load_backend(backend), name)
    except BackendUnavailable:
        return unknown
    return found
