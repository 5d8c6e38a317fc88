"""Race settings for one task: on a piece of its files first, where that is representative, then on the whole."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.identity import SETTING, Key
from rasterbout.measure.measurer import Measurer
from rasterbout.measure.once import Effort
from rasterbout.plan import Axes, Task, cases
from rasterbout.race.elimination import Rules
from rasterbout.race.outcome import Outcome, outcome
from rasterbout.race.track import Schedule, Track
from rasterbout.record import Record

PIECE_ROUNDS = 2
PIECE_SHARE = 0.5
"""Fraction of the budget that the race on the piece may take."""

PIECE_REPEATS, WHOLE_REPEATS = 3, 1

MARGIN = 2.0
"""A piece drops the settings that are slower than the fastest by more than this factor. It is representative if
the times of the survivors, relative to each other, change by less than this factor on the whole."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to race.

    Attributes
    ----------
    task, piece
        The task, and the same on a piece of its files; None without a piece.
    backends, axes
        The settings: every combination starts.
    unable
        Why other backends do not start, by name.
    effort
        Limits of each process; the numbers of repeats are chosen here.
    """

    task: Task
    piece: Task | None
    backends: Sequence[str]
    unable: Mapping[str, str]
    axes: Axes
    effort: Effort
    rules: Rules
    budget_s: float
    seed: int


class Advice:
    """A race for the answer to one task; ``say`` receives a line on each decision."""

    def __init__(self, plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._folder = folder
        self._say = say
        self._ends_s = time.monotonic() + plan.budget_s
        self.cases = cases([plan.task], plan.backends, plan.axes)
        self._track = self._on_whole(self.cases, PIECE_REPEATS, first=1)

    def run(self) -> Iterator[Record]:
        """Race, and yield each record."""
        if self._plan.piece is not None:
            yield from self._begun_on_piece(self._plan.piece)
        yield from self._track.run()

    def _begun_on_piece(self, task: Task) -> Iterator[Record]:
        """Race on the piece, and its survivors for a round on the whole, which shows whether the piece decides."""
        piece = self._track = self._on_piece(task)
        yield from piece.run(PIECE_ROUNDS)
        whole = self._on_whole(self._chosen(piece), WHOLE_REPEATS, first=1)
        yield from whole.round()
        self._track = whole
        if not self._representative(piece, whole):
            self._track = self._on_whole(self.cases, WHOLE_REPEATS, first=2)

    def outcome(self) -> Outcome:
        """Return the outcome so far, which is that on the piece until a round on the whole has ended."""
        return outcome(self._track, self._plan.unable)

    def _measurer(self, repeats: int) -> Measurer:
        return Measurer(replace(self._plan.effort, repeats=repeats), self._folder)

    def _on_piece(self, task: Task) -> Track:
        rules = replace(self._plan.rules, margin=MARGIN)
        ends_s = time.monotonic() + self._plan.budget_s * PIECE_SHARE
        planned = cases([task], self._plan.backends, self._plan.axes)
        schedule = Schedule(ends_s=ends_s, seed=self._plan.seed)
        return Track(planned, self._measurer(PIECE_REPEATS), rules, schedule)

    def _on_whole(self, planned: Sequence[Case], repeats: int, first: int) -> Track:
        schedule = Schedule(ends_s=self._ends_s, seed=self._plan.seed + first, first=first)
        return Track(planned, self._measurer(repeats), self._plan.rules, schedule)

    def _chosen(self, piece: Track) -> list[Case]:
        """Return the cases on the whole whose settings survived the race on the piece."""
        alive = {_setting(piece.cases[key]) for key in piece.race.alive}
        chosen = [case for case in self.cases if _setting(case) in alive]
        self._say(
            f"{len(chosen)} of {len(self.cases)} settings go on to the whole file: "
            f"the others are more than {MARGIN:g} times slower than the fastest on a piece, or failed"
        )
        return chosen or self.cases

    def _representative(self, piece: Track, whole: Track) -> bool:
        """Return whether the piece ranked the settings as the whole does, within `MARGIN`."""
        small, large = _times(piece), _times(whole)
        changes = [math.log(large[one] / small[one]) for one in large.keys() & small.keys()]
        if not changes or max(changes) - min(changes) < math.log(MARGIN):
            return True
        self._say(
            f"the piece is not representative: relative times change by a factor of "
            f"{math.exp(max(changes) - min(changes)):.1f} on the whole file; all settings are raced on it"
        )
        return False


def _setting(case: Case) -> Key:
    return identity.key(case.fields, SETTING)


def _times(track: Track) -> dict[Key, float]:
    """Return the time of each setting in its last round."""
    return {identity.key(vars(one), SETTING): one.median_wall_s for one in track.records if one.status == "ok"}
