"""Where more workers stop paying, in words, with the efficiency as evidence."""

import math
from collections.abc import Iterator, Sequence

from rasterbout.reports.statistics.ratio import CONFIDENCE, Ratio
from rasterbout.reports.statistics.rules import Rule
from rasterbout.reports.statistics.scaling import Point, Scaling, Series

NEGLIGIBLE = 0.05
"""Where more workers save at most this share of the time with confidence, they are not faster."""

LARGEST = 100.0
"""Larger bounds of intervals are given as such."""


def paying(found: Scaling) -> Iterator[tuple[str, list[Rule]]]:
    """Yield each kind of scaling that was measured, with the words on each of its series."""
    for task, series in found.strong:
        yield f"Strong scaling, {task.where}", [rule_of(one, "") for one in series]
    if found.weak:
        yield "Weak scaling", [rule_of(one, " for a pixel") for one in found.weak]


def rule_of(series: Series, unit: str) -> Rule:
    """Return the number of workers beyond which no larger one is faster, and the efficiency of each.

    Each number is compared with all larger ones. All these comparisons of a series hold together with 95 %
    confidence, by Bonferroni's correction.
    """
    advice = f"{series.points[0].candidate.backend}: {_stop(series, unit)}"
    shares = (_efficiency(series, point) for point in series.points[1:])
    first = series.points[0]
    relative = f"efficiency relative to {first.candidate.name}{_several(first)}"
    return Rule(advice=advice, evidence=f"{relative}: {', '.join(shares)}")


def _stop(series: Series, unit: str) -> str:
    points = series.points
    looks = len(points) * (len(points) - 1) // 2
    confidence = 1 - (1 - CONFIDENCE) / looks

    def compared(one: Point, other: Point) -> Ratio:
        return series.relative_time(one, other, confidence)

    if not any(math.isfinite(compared(more, points[0]).high) for more in points[1:]):
        return f"where more workers stop paying is not known: {_lacking(series)}"
    place = next(
        number
        for number, fewer in enumerate(points)
        if not any(compared(more, fewer).high < 1 for more in points[number + 1 :])
    )
    stop, larger = points[place], points[place + 1 :]
    if not larger:
        before = points[-2]
        gain = _bounds(compared(stop, before), unit)
        return f"more workers pay up to {stop.workers}, the most that were measured ({gain} as {_on(before)})"
    verdicts = [_verdict(more, stop, compared(more, stop), unit) for more in larger]
    known = all("whether" not in verdict for verdict in verdicts)
    beginning = _number(stop) if known else f"no gain is shown beyond {_number(stop)}"
    return f"{beginning}; {', '.join(verdicts)}"


def _verdict(more: Point, stop: Point, ratio: Ratio, unit: str) -> str:
    """Return whether ``more`` workers are faster than ``stop``, which is not certain of any."""
    who = f"{more.workers}"
    if more.hosts != stop.hosts:
        who += f" (on {_hosts(more.hosts)}, {stop.workers} on {_hosts(stop.hosts)})"
    if not math.isfinite(ratio.high):
        return f"whether {who} are faster is not known"
    if ratio.low > 1:
        return f"{who} are slower ({_bounds(ratio, unit)})"
    if ratio.low >= 1 - NEGLIGIBLE:
        return f"{who} are not faster ({_bounds(ratio, unit)})"
    return f"whether {who} are faster is open ({_bounds(ratio, unit)})"


def _lacking(series: Series) -> str:
    if any(len(point.candidate.wall_s) == 1 for point in series.points):
        return "a single round has no interval"
    return "no machine measured several numbers of workers in the same round"


def _efficiency(series: Series, point: Point) -> str:
    found = series.efficiency(point)
    if math.isnan(found.value):
        return f"{_on(point)} unknown"
    known = math.isfinite(found.high) and found.high < LARGEST
    interval = f" [{100 * found.low:.0f}, {100 * found.high:.0f}]" if known else ""
    return f"{_on(point)} {100 * found.value:.0f} %{interval}"


def _on(point: Point) -> str:
    return _number(point) + _several(point)


def _several(point: Point) -> str:
    """Return the number of hosts if there are several."""
    return "" if point.hosts == (1,) else f" on {_hosts(point.hosts)}"


def _number(point: Point) -> str:
    return f"{point.workers} worker{'' if point.workers == 1 else 's'}"


def _hosts(numbers: Sequence[int]) -> str:
    return f"{' or '.join(map(str, numbers))} host{'' if numbers == (1,) else 's'}"


def _bounds(ratio: Ratio, unit: str) -> str:
    high = f"{ratio.high:.2f}" if ratio.high < LARGEST else f"more than {LARGEST:.0f}"
    return f"{ratio.low:.2f} to {high} times as long{unit}"
