"""Race settings for one task: all on a piece of its files first, if one can be cut, and the best on the whole files."""

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
from rasterbout.race.elimination import HOPELESS, Rules
from rasterbout.race.outcome import Outcome, outcome
from rasterbout.race.screening import could_win, within_margin
from rasterbout.race.track import Schedule, Track
from rasterbout.record import Record

PIECE_SHARE = 0.5
"""Fraction of the budget that the piece may take."""

FIRST_SHARE = 0.5
"""Fraction of the rest of the budget that the first round on the whole files may take.

It limits the settings; further rounds are limited as in every race, see `rasterbout.race.budget`.
"""

PIECE_REPEATS = 3


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
    """A race for the answer to one task; ``say`` receives a line on each decision.

    Attributes
    ----------
    cases
        All settings, on the whole files.
    """

    def __init__(self, plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._folder = folder
        self._say = say
        self._starts_s = time.monotonic()
        self.cases = cases([plan.task], plan.backends, plan.axes)
        self._piece = None if plan.piece is None else self._on_piece(plan.piece)
        self._whole = [self._on_whole(self.cases)]

    def run(self) -> Iterator[Record]:
        """Race, and yield each record."""
        if self._piece is not None:
            yield from self._piece.round()
            yield from self._checked(self._piece)
        yield from self._whole[-1].run()

    def outcome(self) -> Outcome:
        """Return the outcome of the last race in which a round has ended: on the whole files, else on the piece."""
        tracks = [self._whole[0] if self._piece is None else self._piece, *self._whole]
        track = next((one for one in reversed(tracks) if one.rounds), tracks[0])
        (task,) = track.races
        return outcome(task, track, self._plan.unable, self._piece)

    def _checked(self, piece: Track) -> Iterator[Record]:
        """Measure the best on the piece once on the whole, and add those that could be faster there."""
        piece_s = _times(piece)
        chosen = within_margin(piece_s)
        affordable = self._affordable(chosen, piece)
        limited = f", limited to the {len(affordable)} fastest by the budget" if len(affordable) < len(chosen) else ""
        self._say(
            f"{len(chosen)} of {len(self.cases)} settings are within {HOPELESS:g} times the fastest on a piece of the "
            f"files, and go on to the whole{limited}"
        )
        first = self._among(affordable)
        self._whole = [first]
        yield from first.round()
        added = self._affordable(could_win(piece_s, _times(first)), piece) if len(affordable) == len(chosen) else []
        if added:
            self._say(f"the order changed on the whole files: {len(added)} settings come back, as they could win there")
            self._whole.append(self._among([*affordable, *added], first=2))

    def _affordable(self, chosen: Sequence[Key], piece: Track) -> Sequence[Key]:
        """Return the first of ``chosen`` of which a round on the whole fits `FIRST_SHARE` of the rest; at least one."""
        left_s = (self._starts_s + self._plan.budget_s - time.monotonic()) * FIRST_SHARE
        known = {_setting(one): one for one in piece.records if one.status == "ok"}
        taken = len(chosen)
        while taken > 1 and _round_s([known[one] for one in chosen[:taken]], self._scale) > left_s:
            taken -= 1
        return chosen[:taken]

    @property
    def _scale(self) -> float:
        """Number of pixels of the whole relative to the piece."""
        assert self._plan.piece is not None
        whole, piece = (task.operation.inputs[0].grid for task in (self._plan.task, self._plan.piece))
        return whole.width * whole.height / (piece.width * piece.height)

    def _among(self, settings: Sequence[Key], first: int = 1) -> Track:
        """Return a race on the whole of these settings; of all if there are none."""
        chosen = [case for case in self.cases if identity.key(case.fields, SETTING) in settings]
        return self._on_whole(chosen or self.cases, first)

    def _on_piece(self, task: Task) -> Track:
        planned = cases([task], self._plan.backends, self._plan.axes)
        schedule = Schedule(ends_s=self._starts_s + self._plan.budget_s * PIECE_SHARE, seed=self._plan.seed)
        return self._track(planned, PIECE_REPEATS, schedule)

    def _on_whole(self, planned: Sequence[Case], first: int = 1) -> Track:
        ends_s = self._starts_s + self._plan.budget_s
        return self._track(planned, 1, Schedule(ends_s=ends_s, seed=self._plan.seed + first, first=first))

    def _track(self, planned: Sequence[Case], repeats: int, schedule: Schedule) -> Track:
        measurer = Measurer(replace(self._plan.effort, repeats=repeats), self._folder)
        return Track(planned, measurer, self._plan.rules, schedule)


def _setting(record: Record) -> Key:
    return identity.key(vars(record), SETTING)


def _times(track: Track) -> dict[Key, float]:
    """Return the time of each setting in its last round, in seconds."""
    return {_setting(one): one.median_wall_s for one in track.records if one.status == "ok"}


def _round_s(records: Sequence[Record], scale: float) -> float:
    """Return the expected time of a round on files of ``scale`` times the pixels as those of the records, in seconds.

    A backend starts once, in the shortest time seen: its first start may include compiling. A result is verified once:
    the rest are equal to it.
    """
    startup_s: dict[str, float] = {}
    for one in records:
        startup_s[one.backend] = min(one.startup_s or 0.0, startup_s.get(one.backend, math.inf))
    work_s = sum(one.median_wall_s + (one.warmup_s or 0.0) for one in records)
    verify_s = max((one.verify_s or 0.0 for one in records), default=0.0)
    return sum(startup_s.values()) + scale * (work_s + verify_s)
