"""Answers in words."""

import math
from collections.abc import Iterator

from rasterbout.measures import BY_NAME, FLOOR_SHARE, Measure
from rasterbout.reports.statistics.answer import BASELINE, Answer, Best
from rasterbout.reports.statistics.ratio import Ratio

NOT_MEASURED = "not measured"


def headline(best: Best | None) -> str:
    """Return the backend to use, or those that are too close to call."""
    if best is None:
        return NOT_MEASURED
    if best.close and len(best.choice.wall_s) == 1:
        return f"in a single round: {best.choice.name}"
    if best.close:
        names = [best.choice.backend, *(one.backend for one in best.close)]
        return f"too close to call: {', '.join(names)}"
    return best.choice.name


def leanest(best: Best | None) -> str:
    """Return the setting with the lowest peak memory, and that peak."""
    if best is None or best.choice.peak_bytes is None:
        return NOT_MEASURED
    others = f"; {NOT_MEASURED}: {', '.join(best.unmeasured)}" if best.unmeasured else ""
    return f"{best.choice.name}: {quantity(BY_NAME['peak_bytes'], best.choice.peak_bytes)}{others}"


def reasons(found: Answer) -> Iterator[str]:
    """Yield the reasons for choosing the fastest."""
    best = found.time
    if best.close:
        yield f"the median of {best.choice.name} is the smallest"
    if best.next is not None and best.behind is not None:
        yield f"{best.next.name} takes {times(best.behind)} as long"
    if found.baseline is not None:
        yield f"the baseline {BASELINE} takes {times(found.baseline)} as long"
    if len(best.choice.wall_s) == 1:
        yield "measured in one round only: a difference needs a second round to be significant"
    if best.choice.peak_bytes is not None:
        yield f"its peak memory is {quantity(BY_NAME['peak_bytes'], best.choice.peak_bytes)}"
    if best.choice.of_floor is not None:
        yield f"{FLOOR_SHARE.title}: {quantity(FLOOR_SHARE, best.choice.of_floor)}"


def times(ratio: Ratio) -> str:
    """Return a ratio with its interval, where there is one."""
    known = math.isfinite(ratio.high)
    return f"{ratio.value:.2f} x [{ratio.low:.2f}, {ratio.high:.2f}]" if known else f"{ratio.value:.2f} x"


def quantity(measure: Measure, value: float) -> str:
    """Return a value of a measure with its unit."""
    return f"{measure.shown(value)} {measure.unit}".rstrip()


def megabytes(count: float) -> str:
    """Return a number of bytes in MB."""
    return f"{count / 1e6:.0f} MB"
