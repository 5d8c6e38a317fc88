"""Where the time of a case went, from the timelines of its repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rasterbout.record import Record

Point = dict[str, float]

FEWEST = 4
"""Points of a timeline from which on its intervals show phases; samples are 10 ms apart."""


@dataclass(frozen=True, kw_only=True)
class Phases:
    """Median times of a case in seconds. The four last ones add up to ``wall_s``; they are None if it was too short.

    Attributes
    ----------
    cores_busy
        CPU time divided by wall time; None if the CPU time is unknown.
    computing_s
        Time for which a core was busy: decoding, computing and copying.
    reading_s, writing_s
        Time for which no core was busy while bytes were read, or written; shared by the numbers of bytes.
    waiting_s
        Time for which no core was busy and no byte was read or written.
    floor_s, floor_cpu_s
        Time to read, decode and write as much without computing, and its CPU time; None if not measured.
    """

    startup_s: float | None
    warmup_s: float | None
    wall_s: float
    floor_s: float | None
    floor_cpu_s: float | None
    cores_busy: float | None
    computing_s: float | None = None
    reading_s: float | None = None
    writing_s: float | None = None
    waiting_s: float | None = None

    @property
    def shares(self) -> dict[str, float]:
        """Fraction of ``wall_s`` of each phase; empty if the case was too short."""
        found = {
            "computing": self.computing_s, "reading": self.reading_s, "writing": self.writing_s,
            "waiting": self.waiting_s,
        }  # fmt: skip
        return {name: time_s / self.wall_s for name, time_s in found.items() if time_s is not None}


def phases(records: Sequence[Record]) -> Phases | None:
    """Return the phases of one case from the records of its rounds, None if none has a time."""
    timed = [record for record in records if record.wall_s]
    if not timed:
        return None
    wall_s = median(record.median_wall_s for record in timed)
    shares = [_shares(record.timeline) for record in timed]
    known = [one for one in shares if one is not None]
    parts: list[float | None] = [None] * 4
    if known:
        means = [sum(one[part] for one in known) / len(known) for part in range(4)]
        parts = [wall_s * share for share in means]
    computing_s, reading_s, writing_s, waiting_s = parts
    return Phases(
        startup_s=_median([record.startup_s for record in timed]),
        warmup_s=_median([record.warmup_s for record in timed]),
        floor_s=_median([record.floor_s for record in timed]),
        floor_cpu_s=_median([record.floor_cpu_s for record in timed]),
        cores_busy=_median([median(one.cpu_s) / one.median_wall_s if one.cpu_s else None for one in timed]),
        wall_s=wall_s, computing_s=computing_s, reading_s=reading_s, writing_s=writing_s, waiting_s=waiting_s,
    )  # fmt: skip


def _shares(timeline: Sequence[Point]) -> tuple[float, float, float, float] | None:
    """Return the fractions of computing, reading, writing and waiting; they add up to 1."""
    if len(timeline) < FEWEST:
        return None
    computing = reading = writing = waiting = 0.0
    for before, after in pairwise(timeline):
        passed_s = after["t_s"] - before["t_s"]
        busy_s = min(passed_s, max(0.0, after["cpu_s"] - before["cpu_s"]))
        read, written = (after[name] - before[name] for name in ("read_bytes", "written_bytes"))
        computing += busy_s
        if read + written > 0:
            reading += (passed_s - busy_s) * read / (read + written)
            writing += (passed_s - busy_s) * written / (read + written)
        else:
            waiting += passed_s - busy_s
    span_s = timeline[-1]["t_s"] - timeline[0]["t_s"]
    return computing / span_s, reading / span_s, writing / span_s, waiting / span_s


def _median(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return median(known) if known else None
