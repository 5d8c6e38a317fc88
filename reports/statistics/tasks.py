"""The records of a run, grouped by task."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasterbout import identity
from rasterbout.fitness import unfit_rounds
from rasterbout.identity import TASK, Key
from rasterbout.record import Record, latest
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.summary import usable

Groups = dict[Key, list[Record]]


@dataclass(frozen=True, kw_only=True)
class TaskRecords:
    """What was measured of one task.

    Attributes
    ----------
    fields
        The fields of `identity.TASK`.
    records
        The `usable` records.
    every
        All records, including the times of ``unfit`` rounds.
    details
        What distinguishes the task from others of the same name in the report; empty where the name suffices.
    """

    fields: Mapping[Any, Any]
    records: list[Record]
    every: list[Record]
    unfit: frozenset[int]
    details: str = ""

    @property
    def where(self) -> str:
        """Dataset, size, storage and details."""
        return joined(identity.where(self.fields), self.details)

    @property
    def title(self) -> str:
        """Name of the task, distinct from all others of the report."""
        return joined(identity.task_name(self.fields), self.details)


def tasks(run: Run, runs: Sequence[Run] = ()) -> Iterator[TaskRecords]:
    """Yield each task of ``run`` of which a record is usable, the largest rasters first.

    The titles are distinct within all ``runs`` of a report.
    """
    known = latest(run.records)
    counted, every, unfit = _grouped(usable(known)), _grouped(known), frozenset(unfit_rounds(known))
    details = details_of_tasks(run, runs)
    fields: list[dict[str, Any]] = [dict(zip(TASK, its_key, strict=True)) for its_key in counted]
    for task in sorted(fields, key=lambda one: (-one["size"], *(str(one[name]) for name in TASK))):
        its_key = identity.key(task, TASK)
        yield TaskRecords(
            fields=task, records=counted[its_key], every=every[its_key], unfit=unfit, details=details[its_key]
        )


def families(found: Iterable[TaskRecords]) -> list[list[TaskRecords]]:
    """Return the tasks grouped by all but their size, each group in the order of sizes."""
    groups: dict[Key, list[TaskRecords]] = defaultdict(list)
    for task in sorted(found, key=lambda task: task.fields["size"]):
        groups[identity.growing_key(task.fields)].append(task)
    return list(groups.values())


def family_title(family: Sequence[TaskRecords]) -> str:
    """Return the name of tasks that differ in size alone."""
    if len(family) == 1:
        return family[0].title
    return identity.task_name({**family[0].fields, "size": "of all sizes"})


def details_of_tasks(run: Run, runs: Sequence[Run] = ()) -> dict[Key, str]:
    """Return what distinguishes the tasks of ``run`` that share a name, by their key.

    Tasks are compared within ``run``; grids are compared in all ``runs``, so that the same work has
    the same name in each of them, whatever its files are called on another machine.
    """
    found = {record.case[: len(TASK)]: vars(record) for record in run.records}
    own = identity.task_details(found.values())
    everywhere = identity.task_details(
        identity.same_work_across_runs(vars(record)) for one in (*runs, run) for record in one.records
    )
    return {
        its_key: own[its_key] or everywhere[identity.key(identity.same_work_across_runs(fields), TASK)]
        for its_key, fields in found.items()
    }


def joined(*parts: str) -> str:
    """Return the parts that are not empty, separated by commas."""
    return ", ".join(filter(None, parts))


def _grouped(records: Iterable[Record]) -> Groups:
    groups: Groups = defaultdict(list)
    for record in records:
        groups[record.case[: len(TASK)]].append(record)
    return groups
