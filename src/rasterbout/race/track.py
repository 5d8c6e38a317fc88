"""Races over several tasks at once: measure the survivors round by round until all are decided, or time is up."""

import math
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
from rasterbout.race.budget import fitting
from rasterbout.race.elimination import Race, Rules, State
from rasterbout.record import Record

ENOUGH_S = 0.3
"""Time for which a case is repeated in one process, in seconds; after its first round at most `MOST_REPEATS` times."""

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

    One process does all cases of a round that can share a session. The memory of the first alone counts: once the
    races are decided, the rest of the time is spent on the memory of the others, each in a process of its own.
    Measurements that are already in the folder are taken from there.

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
    next_cases
        The cases of the current round; none if there is no other.
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
        self.next_cases = list(self.cases)
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
        return [(key, number) for key in self.next_cases if (key, number) not in done]

    def run(self) -> Iterator[Record]:
        """Measure rounds until every race is decided or the budget is spent, and yield each record."""
        while self.next_cases:
            yield from self.round()
        self.out_of_time = any(race.state is State.OPEN for race in self.races.values())
        yield from self._memory()

    def _memory(self) -> Iterator[Record]:
        """Measure the cases whose memory is not known alone, the fastest first, while they fit the time."""
        known = {one.case for one in self.records if one.peak_bytes is not None or one.status != "ok"}
        missing = [key for key in self.cases if key not in known and key in self._time_s]
        for key in sorted(missing, key=self._time_s.__getitem__):
            if self._expected_s([key]) <= self._left_s:
                yield from self._measured([self.cases[key]], {})

    @property
    def _left_s(self) -> float:
        return self._schedule.ends_s - time.monotonic()

    def round(self) -> Iterator[Record]:
        """Measure the next cases once, in random order, and drop those that have lost.

        The first round begins with one session of each backend, and goes on with those of the fastest. It ends early
        if the time is up; `left_out` then holds the rest.
        """
        times_s: dict[Key, float] = {}
        for group in self._shuffled(self.next_cases) if self.rounds else self._promising(times_s):
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
        return min(MOST_REPEATS, round(ENOUGH_S / max(times_s))) if times_s else 0

    def _promising(self, times_s: Mapping[Key, float]) -> Iterator[list[Case]]:
        """Yield all cases in groups: those of the fastest backend next, by the ``times_s`` that are known by then.

        So that the time suffices for the cases that matter. Backends that are not known yet come first.
        """
        waiting = self._shuffled(list(self.cases))
        best_s: dict[Key, dict[str, float]] = defaultdict(dict)

        def slowness(group: Sequence[Case]) -> float:
            found = [best_s[_task(case)].get(case.backend, 0.0) / _fastest(best_s[_task(case)]) for case in group]
            return min(found)

        while waiting:
            group = min(waiting, key=slowness)
            waiting.remove(group)
            yield group
            for case in group:
                known = best_s[_task(case)]
                known[case.backend] = min(times_s.get(case.key, math.inf), known.get(case.backend, math.inf))

    def _shuffled(self, keys: Sequence[Key]) -> list[list[Case]]:
        """Return the cases in random order, grouped by session."""
        groups = self._groups(self._chance.sample(keys, len(keys)))
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
                race.add(times_s, self.reasons)
        self._measurer.end_round()
        self.next_cases = self._affordable()

    def _affordable(self) -> list[Key]:
        """Return the cases of the next round; none if every race is decided, or two cases of each do not fit."""
        if self.rounds < self._schedule.least_rounds:
            unable = {*self.reasons, *(case.key for case in self.left_out)}
            wanted = [key for key in self.cases if key not in unable]
            if self._expected_s(wanted) <= self._left_s:
                return wanted
        return fitting(self.races.values(), self._expected_s, self._left_s)

    def _expected_s(self, keys: Sequence[Key]) -> float:
        """Return the predicted time of a round in seconds; 0 for the first.

        The shortest start-up of a backend counts: the first one may include compiling.
        """
        expected_s = 0.0
        for group in self._groups(keys):
            expected_s += self._startup_s.get(group[0].backend, 0.0)
            expected_s += sum(fmean(self._worked_s[case.key]) for case in group if self._worked_s[case.key])
        return expected_s


def _fastest(times_s: Mapping[str, float]) -> float:
    """Return the least of the times that are finite; 1 without one."""
    return min((time_s for time_s in times_s.values() if math.isfinite(time_s)), default=1.0)


def _task(case: Case) -> Key:
    return identity.key(case.fields, TASK)
