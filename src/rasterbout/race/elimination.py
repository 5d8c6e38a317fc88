"""Drop the candidates that are slower than the best, and say when the race is decided.

The error is held over all rounds and all candidates together: after round n, each comparison with the
leader may err with probability ``6 / pi^2 * alpha / (n - 1)^2 / (candidates - 1)``, which sums up to
``alpha = 1 - confidence``. The first round drops by a wide margin alone, see `HOPELESS`.
"""

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import Generic, TypeVar

import numpy as np

from rasterbout.race.variance import Prior, fit_prior

HOPELESS = 3.0
"""Candidates that are slower than the leader by more than this factor are dropped after a single round.

The leader and the next go on in any case, so that their ratio gets an interval.
"""

Name = TypeVar("Name", bound=Hashable)


class State(StrEnum):
    """How far a race is decided."""

    OPEN = "open"
    WON = "won"
    CLOSE = "too close to call"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """When candidates are dropped and when a race ends.

    Attributes
    ----------
    confidence
        Probability that no candidate is dropped that is faster than the rest, over the whole race.
    close_enough
        Fraction of the time within which candidates count as equally fast.
    """

    confidence: float = 0.95
    close_enough: float = 0.05


@dataclass(frozen=True, kw_only=True)
class Behind:
    """Time of a candidate as a ratio to that of the leader, with its simultaneous confidence interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Dropped(Generic[Name]):
    """A candidate that left the race after a round: with its ratio to the leader, or None if it failed."""

    name: Name
    round: int
    behind: Behind | None


class Race(Generic[Name]):
    """The standings of a race after each of its rounds.

    Parameters
    ----------
    names
        All candidates.
    rules
        When candidates are dropped and when the race ends.
    """

    def __init__(self, names: Sequence[Name], rules: Rules) -> None:
        self.rules = rules
        self.alive = list(names)
        self.dropped: list[Dropped[Name]] = []
        self.rounds = 0
        self._logs: dict[Name, dict[int, float]] = {name: {} for name in names}

    def add(self, times_s: Mapping[Name, float], failed: Collection[Name] = ()) -> list[Dropped[Name]]:
        """Add a round, and return the candidates that it drops.

        Parameters
        ----------
        times_s
            Time in seconds of each survivor that was measured.
        failed
            Survivors that could not be measured, and are dropped.
        """
        self.rounds += 1
        gone = [Dropped(name=name, round=self.rounds, behind=None) for name in self.alive if name in failed]
        self.alive = [name for name in self.alive if name not in failed]
        for name in self.alive:
            if name in times_s:
                self._logs[name][self.rounds] = math.log(times_s[name])
        standings = self.standings()
        hopeless = self._hopeless(standings)
        for name, behind in standings.items():
            if behind.low > 1 or name in hopeless:
                gone.append(Dropped(name=name, round=self.rounds, behind=behind))
        lost = {one.name for one in gone}
        self.alive = [name for name in self.alive if name not in lost]
        self.dropped += gone
        return gone

    def _hopeless(self, standings: Mapping[Name, Behind]) -> set[Name]:
        """Return those that a first round drops, without an interval."""
        if self.rounds > 1:
            return set()
        following = min(standings, key=lambda name: standings[name].ratio, default=None)
        return {name for name, one in standings.items() if one.ratio > HOPELESS and name != following}

    def withdraw(self, name: Name) -> None:
        """Take a candidate out that was not measured."""
        self.alive.remove(name)

    @property
    def leader(self) -> Name | None:
        """The survivor of the last round with the lowest geometric mean time; None without survivors or rounds.

        The mean is that of the rounds which all survivors of the last one ran: rounds differ.
        """
        latest = max((number for name in self.alive for number in self._logs[name]), default=0)
        last = [name for name in self.alive if latest in self._logs[name]]
        if not last:
            return None
        common = set.intersection(*(set(self._logs[name]) for name in last))
        return min(last, key=lambda name: fmean(self._logs[name][one] for one in common))

    @property
    def state(self) -> State:
        """Whether one candidate is left, the survivors are equally fast, or neither is certain yet."""
        if self.rounds and len(self.alive) <= 1:
            return State.WON
        if self.rounds < 2:
            return State.OPEN  # the times of a single candidate are wanted too
        most = 1 + self.rules.close_enough
        if all(1 / most <= behind.low and behind.high <= most for behind in self.standings().values()):
            return State.CLOSE
        return State.OPEN

    def standings(self) -> dict[Name, Behind]:
        """Return each survivor but the leader with its ratio to the leader; unbounded before the second round."""
        leader = self.leader
        if leader is None:
            return {}
        prior = self._prior(leader)
        others = [name for name in self.alive if name != leader]
        return {name: self._behind(self._differences(name, leader), prior) for name in others}

    def ranked(self) -> dict[Name, float]:
        """Return the survivors, fastest first, with their times as ratios to that of the leader."""
        leader = self.leader
        ratios = {name: one.ratio for name, one in self.standings().items()}
        if leader is not None:
            ratios[leader] = 1.0
        return dict(sorted(ratios.items(), key=lambda one: (one[0] != leader, one[1])))

    def _differences(self, name: Name, leader: Name) -> np.ndarray:
        mine, its = self._logs[name], self._logs[leader]
        return np.array([mine[one] - its[one] for one in mine if one in its])

    def _prior(self, leader: Name) -> Prior | None:
        """Return the prior of the variances of differences to the leader, from all candidates ever measured twice."""
        if self.rounds < 2:
            return None
        series = [self._differences(name, leader) for name in self._logs if name != leader]
        return fit_prior([one for one in series if len(one) > 1])

    def _behind(self, differences: np.ndarray, prior: Prior | None) -> Behind:
        from scipy import stats  # noqa: PLC0415  takes a second to import

        mean, count = float(differences.mean()), len(differences)
        if prior is None or count < 2:
            return Behind(ratio=math.exp(mean), low=0.0, high=math.inf)
        variance, freedom = prior.moderated(differences)
        alpha = 6 / math.pi**2 * (1 - self.rules.confidence) / (count - 1) ** 2 / max(1, len(self._logs) - 1)
        half = float(stats.t.isf(alpha / 2, freedom)) * math.sqrt(variance / count)
        return Behind(ratio=math.exp(mean), low=math.exp(mean - half), high=math.exp(min(mean + half, 700.0)))
