"""How much one backend's time is of another's, with what the samples allow to say."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


LARGEST_P = 0.01
"""A difference is called where chance alone makes one as large less often than this: a page compares many times."""


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A ratio of two times, the interval that holds it with `CONFIDENCE`, and how likely chance alone makes it.

    Attributes
    ----------
    p
        Of the test whose hypothesis is that the two are equal.
    """

    value: float
    low: float
    high: float
    p: float

    @property
    def can_be_called(self) -> bool:
        """Whether the two surely differ."""
        return self.p < LARGEST_P


def paired_ratio(times_s: Sequence[float], others_s: Sequence[float]) -> Ratio:
    """Return the geometric mean of ``times_s / others_s``, paired round by round.

    Interval and p are those of Student's t for the mean of the logarithms of the ratios: what the
    machine did to a whole round cancels out. A single pair gives an interval without end.
    """
    return interval_of_mean(list(np.asarray(times_s) / np.asarray(others_s)))


def interval_of_mean(values: Sequence[float]) -> Ratio:
    """Return the geometric mean of ``values``, with interval and p of Student's t for the mean of their logarithms."""
    logs = np.log(np.asarray(values))
    mean, count = float(logs.mean()), len(logs)
    if count < 2:
        return Ratio(value=math.exp(mean), low=0.0, high=math.inf, p=1.0)
    error = float(logs.std(ddof=1)) / math.sqrt(count)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) * error
    away = abs(mean) / error if error else math.inf if mean else 0.0
    p = 2 * float(stats.t.sf(away, count - 1))
    return Ratio(value=math.exp(mean), low=math.exp(mean - half), high=math.exp(mean + half), p=p)
