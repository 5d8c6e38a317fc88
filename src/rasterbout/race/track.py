"""Races over several tasks at once: measure the survivors round by round until all are decided, or time is up."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.identity import TASK, Key
from rasterbout.measure.group import session_key
from rasterbout.measure.measurer import Measurer
from rasterbout.race.elimination import Race, Rules, State
from rasterbout.record import Record

WORKED_S = 0.3
"""Time for which a case is repeated in one process after its first round, in seconds; at most `MOST_REPEATS` times."""

MOST_REPEATS = 20


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When races end, and how they begin.

    Attributes
    ----------
    ends_s
        End on the monotonic clock, in seconds.
    seed
        Seed of the order within rounds.
    first
        Number of the first round.
    least_rounds
        Rounds in which every case is measured, dropped or not.
    """

    ends_s: float
    seed: int
    first: int = 1
    least_rounds: int = 1


class Track:
    """Races of ``cases``, one for each task, measured by ``measurer``.

    In the first round every case has a process of its own, so that its memory is known. From the second on, one
    process does all cases that can share a session. Measurements that are already in the folder are taken from there.

    Attributes
    ----------
    cases
        The cases by key.
    races
        The standings, by the key of the task.
    records
        The records of its rounds.
    reasons
        Why a case failed, by key.
    left_out
        The cases for which the first round had no time.
    rounds
        Number of completed rounds.
    out_of_time
        Whether the races ended before all were decided.
    """

    def __init__(self, cases: Sequence[Case], measurer: Measurer, rules: Rules, schedule: Schedule) -> None:
        self.cases = {case.key: case for case in cases}
        self._measurer = measurer
        self._schedule = schedule
        self._chance = random.Random(schedule.seed)  # noqa: S311  a reproducible order, not a secret
        self._worked_s: dict[Key, list[float]] = defaultdict(list)
        self._startup_s: dict[str, float] = {}
        self._time_s: dict[Key, float] = {}
        by_task: dict[Key, list[Key]] = defaultdict(list)
        for key, case in self.cases.items():
            by_task[_task(case)].append(key)
        self.races: dict[Key, Race[Key]] = {task: Race(keys, rules) for task, keys in by_task.items()}
        self.records: list[Record] = []
        self.reasons: dict[Key, str] = {}
        self.left_out: list[Case] = []
        self.rounds = 0
        self.out_of_time = False

    @property
    def busy_s(self) -> float:
        """Time spent in warm-ups, timed repeats, floors and verification, in seconds."""
        return self._measurer.busy_s

    @property
    def left(self) -> list[tuple[Key, int]]:
        """The measurements of the current round that are left: key of the case and number of the round."""
        number = self._schedule.first + self.rounds
        done = {record.cell for record in self.records}
        return [(key, number) for key in self.next_cases() if (key, number) not in done]

    def run(self) -> Iterator[Record]:
        """Measure rounds until every race is decided or the budget is spent, and yield each record."""
        while next_cases := self.next_cases():
            if self._expected_s(next_cases) > self._schedule.ends_s - time.monotonic():
                self.out_of_time = True
                return
            yield from self.round()

    def next_cases(self) -> list[Key]:
        """Return the cases that the next round measures; none if every race is decided."""
        if self.rounds < self._schedule.least_rounds:
            failed = {*self.reasons, *(case.key for case in self.left_out)}
            return [key for key in self.cases if key not in failed]
        return [key for race in self.races.values() if race.state is State.OPEN for key in race.alive]

    def round(self) -> Iterator[Record]:
        """Measure each survivor once, in random order, and drop those that have lost.

        The first round ends early if the time is up; `left_out` then holds the rest.
        """
        times_s: dict[Key, float] = {}
        for group in self._shuffled(self.next_cases()):
            if self.rounds == 0 and times_s and time.monotonic() > self._schedule.ends_s:
                self._leave_out(group)
                continue
            yield from self._measured(group, times_s)
        self._end_round(times_s)

    def _measured(self, group: Sequence[Case], times_s: dict[Key, float]) -> Iterator[Record]:
        number = self._schedule.first + self.rounds
        done = {one.case: one for one in self._measurer.records if one.round == number and one.measured}
        for case in group:
            if case.key in done:
                self._take(done[case.key], times_s, 1)
        if missing := [case for case in group if case.key not in done]:
            for record in self._measurer.measure(missing, number, self._repeats(missing)):
                self._take(record, times_s, len(missing))
                yield record

    def _repeats(self, group: Sequence[Case]) -> int:
        """Return how often to repeat the cases of a process, from the longest time so far."""
        times_s = [self._time_s[case.key] for case in group if case.key in self._time_s]
        return min(MOST_REPEATS, round(WORKED_S / max(times_s))) if times_s else 0

    def _shuffled(self, keys: Sequence[Key]) -> list[list[Case]]:
        """Return the cases in random order, each alone in the first round, and then grouped by session."""
        shuffled = self._chance.sample(keys, len(keys))
        groups = self._groups(shuffled) if self.rounds else [[self.cases[key]] for key in shuffled]
        return self._chance.sample(groups, len(groups))

    def _groups(self, keys: Sequence[Key]) -> list[list[Case]]:
        """Return the cases grouped by session."""
        groups: dict[Key, list[Case]] = defaultdict(list)
        for key in keys:
            groups[session_key(self.cases[key])].append(self.cases[key])
        return list(groups.values())

    def _take(self, record: Record, times_s: dict[Key, float], sharing: int) -> None:
        """Add a record; ``sharing`` cases shared its session."""
        self.records.append(record)
        startup_s = record.startup_s or 0.0
        self._worked_s[record.case].append(max(0.0, (record.elapsed_s or 0.0) - startup_s / sharing))
        self._startup_s[record.backend] = min(startup_s, self._startup_s.get(record.backend, startup_s))
        if record.status == "ok":
            times_s[record.case] = self._time_s[record.case] = record.median_wall_s
        else:
            self.reasons[record.case] = f"{record.status}: {record.reason}"

    def _leave_out(self, group: Sequence[Case]) -> None:
        for case in group:
            self.left_out.append(case)
            self.races[_task(case)].withdraw(case.key)

    def _end_round(self, times_s: Mapping[Key, float]) -> None:
        self.rounds += 1
        for race in self.races.values():
            if race.state is State.OPEN:
                race.add({key: times_s[key] for key in race.alive if key in times_s})
        self._measurer.end_round()

    def _expected_s(self, keys: Sequence[Key]) -> float:
        """Return the predicted time of a round in seconds; 0 for the first.

        The shortest start-up of a backend counts: the first one may include compiling.
        """
        expected_s = 0.0
        for group in self._groups(keys):
            expected_s += self._startup_s.get(group[0].backend, 0.0)
            expected_s += sum(fmean(self._worked_s[case.key]) for case in group if self._worked_s[case.key])
        return expected_s


def _task(case: Case) -> Key:
    return identity.key(case.fields, TASK)
