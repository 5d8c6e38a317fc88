"""CPU, memory and I/O of one process over time: pure functions of the timeline of a record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rasterbout.record import Record

Point = dict[str, float]

FEWEST = 3  # points: fewer give no line of rates
WINDOW_S = 0.1
"""Shortest window of a rate: the counters of several processes are read one after the other."""

WINDOW_SHARE = 0.1  # of a whole timeline: a short one still has a curve


@dataclass(frozen=True)
class Curve:
    """``values`` in ``unit`` at ``seconds`` since the start of the operation."""

    title: str
    unit: str
    seconds: list[float]
    values: list[float]


def typical(records: Iterable[Record]) -> list[Point]:
    """Return the timeline of median length among ``records``; empty where none has enough points."""
    kept = sorted((record.timeline for record in records if len(record.timeline) >= FEWEST), key=len)
    return kept[(len(kept) - 1) // 2] if kept else []


def curves(points: Sequence[Point], most: int) -> list[Curve]:
    """Return CPU (cores), memory (MB), and reading and writing (MB/s) over time, in about ``most`` windows at most."""
    span_s = points[-1]["t_s"] - points[0]["t_s"] if len(points) >= FEWEST else 0
    if span_s <= 0:
        return []
    window_s = max(min(WINDOW_S, WINDOW_SHARE * span_s), span_s / most)
    passed = [(point["t_s"], (point["read_bytes"] + point["written_bytes"]) / 1e6) for point in points]
    used = [(point["t_s"], point["cpu_s"]) for point in points]
    held = [(point["t_s"], point["memory_bytes"] / 1e6) for point in points]
    return [
        _curve("CPU over time", "cores busy", _rates(used, window_s)),
        _curve("Memory over time", "MB", _highest(held, span_s / most)),
        _curve("Reading and writing over time", "MB/s", _rates(passed, window_s)),
    ]


def _curve(title: str, unit: str, found: Iterable[tuple[float, float]]) -> Curve:
    seconds, values = zip(*found, strict=True)
    return Curve(title, unit, list(seconds), list(values))


def _rates(sums: Sequence[tuple[float, float]], window_s: float) -> Iterator[tuple[float, float]]:
    """Yield the increase per second of a cumulative sum, at the end of each window."""
    earlier_s, before = sums[0]
    for later_s, after in sums[1:]:
        if later_s - earlier_s >= window_s > 0:
            yield later_s, (after - before) / (later_s - earlier_s)
            earlier_s, before = later_s, after


def _highest(values: Sequence[tuple[float, float]], window_s: float) -> Iterator[tuple[float, float]]:
    """Yield the highest value of each window, at its own time, so that peaks are kept."""
    highest = values[0]
    begun_s = highest[0]
    for one in values[1:]:
        if one[0] - begun_s >= window_s:
            yield highest
            highest, begun_s = one, one[0]
        highest = max(highest, one, key=lambda pair: pair[1])
    yield highest
