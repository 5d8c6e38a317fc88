"""The tasks of a run: what is compared with each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from rasterbout.record import Record
from rasterbout.reports.runs import Run
from rasterbout.reports.summary import TASK, case_of, usable

Task = Mapping[str, Any]
"""The fields of `TASK`."""


def tasks(run: Run) -> Iterator[tuple[Task, list[Record]]]:
    """Yield each task of a run, with its `usable` records."""
    by_task: dict[tuple[object, ...], list[Record]] = {}
    for record in usable(run.records):
        by_task.setdefault(case_of(record)[: len(TASK)], []).append(record)
    for task, records in by_task.items():
        yield dict(zip(TASK, task, strict=True)), records


def where(task: Mapping[Any, Any]) -> str:
    """Return what a task was done on, and how its files are stored."""
    return f"{task['dataset']} {task['size']}, {task['layout']}, {task['compress']}, cache {task['cache_asked']}"
