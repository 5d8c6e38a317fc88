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
    """An operation on a dataset with a nominal width of ``size`` pixels, and the layout of its result."""

    dataset: str
    size: int
    operation: Operation
    layout: Layout = field(default_factory=Layout)


@dataclass(frozen=True, kw_only=True)
class Axes:
    """The settings that vary between the cases of a task, and those common to all."""

    chunks: Sequence[int | None]
    workers: Sequence[int]
    memory_limit: int | None = None
    cache: Cache = "warm"


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
                workers=number, chunk=chunk if _follows_chunk(backend) else None, memory_limit=axes.memory_limit
            ),
            layout=task.layout,
            cache=axes.cache,
        )
        for task, backend, chunk, number in product(tasks, backends, axes.chunks, axes.workers)
    )
    return list({case.key: case for case in every}.values())


def yardsticks(tasks: Iterable[Task], names: Sequence[str], axes: Axes) -> Iterator[Case]:
    """Yield the cases of the yardsticks ``names``, for the operations they support."""
    for case in cases(tasks, names, axes):
        if why_not(load_backend(case.backend), case.operation) is None:
            yield case


def _follows_chunk(backend: str) -> bool:
    try:
        return load_backend(backend).follows_chunk
    except BackendUnavailable:
        return True
