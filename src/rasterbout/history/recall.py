"""The answer for a task from earlier runs: measured at this size, or predicted from other sizes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from rasterbout import identity
from rasterbout.history.growth import Growth, fit
from rasterbout.history.likeness import same_size, traits
from rasterbout.identity import SETTING, TASK, Key
from rasterbout.record import Record
from rasterbout.reports.statistics.answer import Answer, answer
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.summary import usable

Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The answer of one earlier run at the same size; ``records`` are those it rests on."""

    found: Answer
    records: Sequence[Record]


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """The growth of each setting, by the fields of `identity.SETTING`; all sizes enclose that of the task."""

    pixels: int
    growths: Sequence[tuple[Fields, Growth]]
    """Fastest first."""

    @property
    def close(self) -> Sequence[tuple[Fields, Growth]]:
        """The settings that could be faster than the first, within their errors."""
        (_, first), *others = self.growths
        most_s = first.time_s(self.pixels) * (1 + first.error)
        return [one for one in others if one[1].time_s(self.pixels) * (1 - one[1].error) < most_s]


def recall(fields: Fields, runs: Iterable[Run]) -> Measured | Predicted | None:
    """Return what ``runs`` say about the task with these record fields; None if they measured nothing like it."""
    alike = [_alike(fields, run) for run in runs]
    groups = [group for records in alike for group in _tasks(records)]
    here = [group for group in groups if same_size(fields["pixels"], group[0].pixels or 0)]
    for group in sorted(here, key=_evidence, reverse=True):
        if (found := answer(group)) is not None:
            return Measured(found=found, records=group)
    return _predicted(fields["pixels"], [record for records in alike for record in records])


def _alike(fields: Fields, run: Run) -> list[Record]:
    wanted = traits(fields)
    return [one for one in usable(run.records) if one.pixels and traits(vars(one)) == wanted]


def _tasks(records: Iterable[Record]) -> list[list[Record]]:
    groups: dict[Key, list[Record]] = defaultdict(list)
    for record in records:
        groups[identity.key(vars(record), TASK)].append(record)
    return list(groups.values())


def _evidence(group: Sequence[Record]) -> tuple[int, str]:
    """Return the number of rounds, and the time of the last record."""
    return max(record.round for record in group), max(record.started_at for record in group)


def _predicted(pixels: int, records: Iterable[Record]) -> Predicted | None:
    times_s: dict[Key, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        if record.status == "ok" and record.wall_s and record.pixels:
            times_s[identity.key(vars(record), SETTING)][record.pixels].append(record.median_wall_s)
    found = []
    for setting, by_size in times_s.items():
        growth = fit({size: median(values) for size, values in by_size.items()})
        if growth is not None and growth.sizes[0] <= pixels <= growth.sizes[-1]:
            found.append((dict(zip(SETTING, setting, strict=True)), growth))
    found.sort(key=lambda one: one[1].time_s(pixels))
    return Predicted(pixels=pixels, growths=found) if found else None
