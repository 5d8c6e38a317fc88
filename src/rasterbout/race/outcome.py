"""What a race found for one task: the best setting, those too close to call, those dropped, and what they cost."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.identity import Key
from rasterbout.measures import BY_NAME
from rasterbout.race.elimination import Behind, Dropped, State
from rasterbout.race.track import Track
from rasterbout.record import Record

START_UP, DECODE, READ_AND_WRITE = "start-up", "decoding", "reading and writing"
COMPUTE, WAIT = "computing", "waiting"

BUSY = 0.5
"""Fraction of the floor's time for which its cores compute, from which on decoding limits it."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a case took, over its rounds.

    Attributes
    ----------
    wall_s, low_s, high_s
        Geometric mean of the rounds and its confidence interval, in seconds.
    startup_s
        Median time until a session is open, in seconds; None if unknown.
    cpu_s, energy_j, peak_bytes, floor_share, floor_busy
        Medians, and the largest peak; None if not measured. ``floor_share`` is the floor's time as a fraction of
        ``wall_s``, ``floor_busy`` the fraction of it for which all cores were busy.
    compressed
        Whether the floor decodes the input.
    rounds
        Number of rounds.
    """

    wall_s: float
    low_s: float
    high_s: float
    startup_s: float | None
    cpu_s: float | None
    energy_j: float | None
    peak_bytes: int | None
    floor_share: float | None
    floor_busy: float | None
    compressed: bool
    rounds: int
    threads: int

    def expected_s(self, files: int) -> tuple[float, float, float]:
        """Return the expected time for ``files`` such files in one session, and its interval, in seconds."""
        start_s = self.startup_s or 0.0
        return start_s + files * self.wall_s, start_s + files * self.low_s, start_s + files * self.high_s

    @property
    def limit(self) -> str:
        """The largest part of the time of a single file, from the start-up, the floor and the CPU time.

        The floor is reading, writing and decoding. All CPU time beyond it is computing, which includes
        copies and slower decoding.
        """
        floor = self.floor_share or 0.0
        busy = max(floor, (self.cpu_s or 0.0) / (self.wall_s * self.threads))
        decodes = self.compressed and (self.floor_busy or 0.0) > BUSY
        parts = {
            START_UP: (self.startup_s or 0.0) / self.wall_s,
            DECODE if decodes else READ_AND_WRITE: floor,
            COMPUTE: busy - floor,
            WAIT: 1.0 - busy,
        }
        return max(parts, key=parts.__getitem__)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a race.

    Attributes
    ----------
    best
        The fastest case; None if none succeeded.
    state
        Whether it won, is too close to others to call, or time ran out first.
    close
        The other survivors with their times as ratios to that of the best.
    dropped
        The cases that were slower, or failed, in the order in which they left.
    screened
        The number of settings that were measured on a piece of the files alone.
    left_out
        The settings that were not measured at all, as the budget was spent.
    unable
        Reasons of the backends that did not start, by name.
    failed
        Reasons of the cases that failed, by name.
    cost
        What the best took.
    """

    best: Case | None
    state: State
    out_of_time: bool
    confidence: float
    rounds: int
    close: Sequence[tuple[Case, Behind]]
    dropped: Sequence[tuple[Case, Dropped[Key]]]
    screened: int
    left_out: Sequence[Case]
    unable: Mapping[str, str]
    failed: Mapping[str, str]
    cost: Cost | None


def outcome(task: Key, track: Track, unable: Mapping[str, str], piece: Track | None) -> Outcome:
    """Return the outcome of the race for one task.

    Parameters
    ----------
    unable
        Reasons of the backends that did not start, by name.
    piece
        The round on a piece of the files that chose the candidates; None if all settings raced.
    """
    race, cases = track.races[task], track.cases
    best = cases[race.leader] if race.leader is not None and race.rounds else None
    mine = [one for one in track.records if best is not None and one.case == best.key and one.status == "ok"]
    close = sorted(((cases[key], behind) for key, behind in race.standings().items()), key=lambda one: one[1].ratio)
    first = piece or track
    on_piece = 0 if piece is None or piece is track else sum(one.status == "ok" for one in piece.records)
    reasons = first.reasons | track.reasons
    return Outcome(
        best=best,
        state=race.state,
        out_of_time=track.out_of_time,
        confidence=race.rules.confidence,
        rounds=race.rounds,
        close=close if race.rounds else [],
        dropped=[(cases[one.name], one) for one in race.dropped],
        screened=max(0, on_piece - len(track.cases)),
        left_out=[*first.left_out, *(track.left_out if first is not track else ())],
        unable=unable,
        failed={identity.setting_name((first.cases | cases)[key].fields): reason for key, reason in reasons.items()},
        cost=_cost(mine, race.rules.confidence) if mine else None,
    )


def _cost(records: Sequence[Record], confidence: float) -> Cost:
    mean, half = _mean_of_logs([one.median_wall_s for one in records], confidence)
    threads = records[0].workers * records[0].threads
    floors = [(one.floor_s, one.floor_cpu_s, one.median_wall_s) for one in records if one.floor_s]
    return Cost(
        wall_s=math.exp(mean),
        low_s=math.exp(mean - half),
        high_s=math.exp(min(mean + half, 700.0)),
        startup_s=_median([one.startup_s for one in records]),
        cpu_s=_median([BY_NAME["cpu_s"].number(one.cpu_s) for one in records if one.cpu_s]),
        energy_j=_median([BY_NAME["energy_j"].number(one.energy_j) for one in records if one.energy_j]),
        peak_bytes=max((one.peak_bytes for one in records if one.peak_bytes), default=None),
        floor_share=_median([floor_s / wall_s for floor_s, _, wall_s in floors]),
        floor_busy=_median([cpu_s / (floor_s * threads) for floor_s, cpu_s, _ in floors if cpu_s is not None]),
        compressed=records[0].input_compression not in {"", "none"},
        rounds=len(records),
        threads=threads,
    )


def _mean_of_logs(values: Sequence[float], confidence: float) -> tuple[float, float]:
    """Return the mean of the logarithms, and half the width of the interval of Student's t; infinite for one value."""
    import numpy as np  # noqa: PLC0415
    from scipy import stats  # noqa: PLC0415  takes a second to import

    logs = np.log(values)
    if len(logs) < 2:
        return float(logs.mean()), math.inf
    error = float(logs.std(ddof=1)) / math.sqrt(len(logs))
    return float(logs.mean()), float(stats.t.ppf((1 + confidence) / 2, len(logs) - 1)) * error


def _median(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return median(known) if known else None
