"""Ratios of times, with the interval that the samples allow."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95

LARGEST_P = 0.01
"""Two times differ where chance alone makes such a difference less often than this: a page compares many times."""


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A ratio of two times.

    Attributes
    ----------
    value
        The ratio.
    low, high
        Its confidence interval, at the level `CONFIDENCE`.
    p
        p-value of the test whose hypothesis is that the two are equal.
    """

    value: float
    low: float
    high: float
    p: float

    @property
    def can_be_called(self) -> bool:
        """Whether the two differ significantly."""
        return self.p < LARGEST_P


def paired_ratio(times_s: Sequence[float], others_s: Sequence[float]) -> Ratio:
    """Return the geometric mean of ``times_s / others_s``, paired by round.

    Interval and p are those of Student's t for the mean of the logarithms of the ratios: what slows
    down a whole round cancels out. The interval of a single pair is infinite.
    """
    return interval_of_mean(list(np.asarray(times_s) / np.asarray(others_s)))


def interval_of_mean(values: Sequence[float]) -> Ratio:
    """Return the geometric mean of ``values``, with interval and p of Student's t for the mean of their logarithms."""
    from scipy import stats  # noqa: PLC0415  takes a second to import, and only tables with intervals need it

    logs = np.log(np.asarray(values))
    mean, count = float(logs.mean()), len(logs)
    if count < 2:
        return Ratio(value=math.exp(mean), low=0.0, high=math.inf, p=1.0)
    error = float(logs.std(ddof=1)) / math.sqrt(count)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) * error
    away = abs(mean) / error if error else math.inf if mean else 0.0
    p = 2 * float(stats.t.sf(away, count - 1))
    return Ratio(value=math.exp(mean), low=math.exp(mean - half), high=math.exp(mean + half), p=p)
