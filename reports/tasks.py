"""The tasks of a run: what is compared with each other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rasterbout.fitness import unfit_rounds
from rasterbout.record import Record, latest
from rasterbout.reports.runs import Run
from rasterbout.reports.summary import TASK, case_of, summarise, task_name, usable

Groups = dict[tuple[object, ...], list[Record]]


@dataclass(frozen=True, kw_only=True)
class Task:
    """An operation on one dataset, and what was measured of it.

    Attributes
    ----------
    fields
        The fields of `TASK`.
    records
        The `usable` records.
    every
        All records, with the times of ``unfit`` rounds too.
    """

    fields: Mapping[Any, Any]
    records: list[Record]
    every: list[Record]
    unfit: frozenset[int]

    @property
    def title(self) -> str:
        """What people call it, and on what it was done."""
        return f"{task_name(self.fields)} on {where(self.fields)}"


def tasks(run: Run) -> Iterator[Task]:
    """Yield each task of a run of which a record is usable, the largest rasters first."""
    known = latest(run.records)
    counted, every, unfit = _grouped(usable(known)), _grouped(known), frozenset(unfit_rounds(known))
    if not counted:
        return
    ordered = summarise(known)[TASK].drop_duplicates().sort_values("size", ascending=False, kind="stable")
    for key in ordered.itertuples(index=False, name=None):
        yield Task(fields=dict(zip(TASK, key, strict=True)), records=counted[key], every=every[key], unfit=unfit)


def where(task: Mapping[Any, Any]) -> str:
    """Return what a task was done on, and how its files are stored."""
    return f"{task['dataset']} {task['size']}, {task['layout']}, {task['compress']}, cache {task['cache_asked']}"


def _grouped(records: Iterable[Record]) -> Groups:
    groups: Groups = defaultdict(list)
    for record in records:
        groups[case_of(record)[: len(TASK)]].append(record)
    return groups
