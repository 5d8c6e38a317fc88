"""Race cases: measure the survivors round by round until one is left, all are equally fast, or time is up."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rasterbout.case import Case
from rasterbout.identity import Key
from rasterbout.measure.measurer import Measurer
from rasterbout.race.elimination import Race, Rules, State
from rasterbout.record import Record


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a race ends, on the monotonic clock in seconds; the seed of its order; the number of its first round."""

    ends_s: float
    seed: int
    first: int = 1


class Track:
    """A race of ``cases``, measured by ``measurer``.

    Attributes
    ----------
    cases
        The cases by key.
    race
        The standings.
    records
        The records of its rounds.
    reasons
        Why a case failed, by key.
    left_out
        The cases for which the first round had no time.
    out_of_time
        Whether the race ended before it was decided.
    """

    def __init__(self, cases: Sequence[Case], measurer: Measurer, rules: Rules, schedule: Schedule) -> None:
        self.cases = {case.key: case for case in cases}
        self._measurer = measurer
        self._schedule = schedule
        self._chance = random.Random(schedule.seed)  # noqa: S311  a reproducible order, not a secret
        self._elapsed_s: dict[Key, list[float]] = defaultdict(list)
        self.race: Race[Key] = Race(list(self.cases), rules)
        self.records: list[Record] = []
        self.reasons: dict[Key, str] = {}
        self.left_out: list[Case] = []
        self.out_of_time = False

    def run(self, most_rounds: int | None = None) -> Iterator[Record]:
        """Measure rounds until the race is decided or the budget is spent, and yield each record."""
        while self.race.state is State.OPEN and self.race.rounds != most_rounds:
            if self._round_s() > self._schedule.ends_s - time.monotonic():
                self.out_of_time = True
                return
            yield from self.round()

    def round(self) -> Iterator[Record]:
        """Measure each survivor once, in random order, and drop those that have lost.

        The first round ends early if the time is up; `left_out` then holds the rest.
        """
        times_s: dict[Key, float] = {}
        for key in self._chance.sample(self.race.alive, len(self.race.alive)):
            if self._is_too_late(times_s):
                self.left_out.append(self.cases[key])
                self.race.withdraw(key)
                continue
            for record in self._measurer.measure([self.cases[key]], self._schedule.first + self.race.rounds):
                self.records.append(record)
                self._elapsed_s[key].append(record.elapsed_s or 0.0)
                if record.status == "ok":
                    times_s[key] = record.median_wall_s
                else:
                    self.reasons[key] = f"{record.status}: {record.reason}"
                yield record
        self.race.add(times_s)
        self._measurer.end_round()

    def _is_too_late(self, times_s: Mapping[Key, float]) -> bool:
        """Return whether the time is up in the first round; one case is always measured."""
        return self.race.rounds == 0 and bool(times_s) and time.monotonic() > self._schedule.ends_s

    def _round_s(self) -> float:
        """Return the predicted time of the next round in seconds; 0 for the first."""
        return sum(fmean(self._elapsed_s[key]) for key in self.race.alive if self._elapsed_s[key])
