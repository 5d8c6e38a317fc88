"""What one process used while it ran, as curves: pure functions of the timeline of a record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rasterbout.record import Record

Point = dict[str, float]

FEWEST = 3  # points: of fewer no rate can be drawn as a line
WINDOW_S = 0.1
"""Rates are those of at least this long: the counters of several processes are read one after the other."""

WINDOW_SHARE = 0.1  # of a whole timeline: what is short still has a curve


@dataclass(frozen=True)
class Curve:
    """``values`` in ``unit`` at ``seconds`` since the start of the operation."""

    title: str
    unit: str
    seconds: list[float]
    values: list[float]


def typical(records: Iterable[Record]) -> list[Point]:
    """Return the timeline of middle length of ``records``; empty where none was kept that can be drawn."""
    kept = sorted((record.timeline for record in records if len(record.timeline) >= FEWEST), key=len)
    return kept[(len(kept) - 1) // 2] if kept else []


def curves(points: Sequence[Point], most: int) -> list[Curve]:
    """Return CPU, memory, and reading and writing over time, each of about ``most`` windows at the most."""
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
    """Yield by how much what was added up grew a second, up to each moment that ends a window."""
    earlier_s, before = sums[0]
    for later_s, after in sums[1:]:
        if later_s - earlier_s >= window_s > 0:
            yield later_s, (after - before) / (later_s - earlier_s)
            earlier_s, before = later_s, after


def _highest(values: Sequence[tuple[float, float]], window_s: float) -> Iterator[tuple[float, float]]:
    """Yield the highest value of each window, when it was seen: a peak must not be lost."""
    highest = values[0]
    begun_s = highest[0]
    for one in values[1:]:
        if one[0] - begun_s >= window_s:
            yield highest
            highest, begun_s = one, one[0]
        highest = max(highest, one, key=lambda pair: pair[1])
    yield highest
