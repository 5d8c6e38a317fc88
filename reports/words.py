"""Answers as people say them."""

import math
from collections.abc import Iterator

from rasterbout.reports.answer import BASELINE, Answer, Best, Candidate
from rasterbout.reports.ratio import Ratio

NOT_MEASURED = "not measured"


def headline(best: Best | None) -> str:
    """Return whom to use, or who is too close to call."""
    if best is None:
        return NOT_MEASURED
    if best.close and len(best.choice.wall_s) == 1:
        return f"by one round alone: {setting(best.choice)}"
    if best.close:
        names = [best.choice.backend, *(one.backend for one in best.close)]
        return f"too close to call: {', '.join(names)}"
    return setting(best.choice)


def leanest(best: Best | None) -> str:
    """Return who needs the least memory, and how much."""
    if best is None or best.choice.peak_bytes is None:
        return NOT_MEASURED
    return f"{setting(best.choice)}: {megabytes(best.choice.peak_bytes)}"


def setting(one: Candidate) -> str:
    """Return a backend with what it was given."""
    workers = one.threads_in_all
    return f"{one.backend}, chunk {one.chunk}, {workers} worker{'s' if workers > 1 else ''}"


def reasons(told: Answer) -> Iterator[str]:
    """Yield what speaks for the fastest."""
    best = told.time
    if best.close:
        yield f"the median of {setting(best.choice)} is the smallest"
    if best.next is not None and best.behind is not None:
        yield f"{setting(best.next)} takes {times(best.behind)} as long"
    if told.baseline is not None:
        yield f"the baseline {BASELINE} takes {times(told.baseline)} as long"
    if len(best.choice.wall_s) == 1:
        yield "measured in one round only: without a second nobody can say what is chance"
    if best.choice.peak_bytes is not None:
        yield f"it holds {megabytes(best.choice.peak_bytes)} at most"
    if best.choice.of_limit is not None:
        yield f"it runs at {best.choice.of_limit:.0%} of the machine's limit"


def times(ratio: Ratio) -> str:
    """Return a ratio with its interval, where there is one."""
    known = math.isfinite(ratio.high)
    return f"{ratio.value:.2f} x [{ratio.low:.2f}, {ratio.high:.2f}]" if known else f"{ratio.value:.2f} x"


def megabytes(count: float) -> str:
    """Return a number of bytes in MB."""
    return f"{count / 1e6:.0f} MB"
