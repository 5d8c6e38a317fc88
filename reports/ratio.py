"""How much one backend's time is of another's, with what the samples allow to say."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A ratio of two times, and the interval that holds it with `CONFIDENCE`."""

    value: float
    low: float
    high: float

    @property
    def covers_one(self) -> bool:
        """Whether the two may well be equal."""
        return self.low <= 1 <= self.high


def paired_ratio(times_s: Sequence[float], others_s: Sequence[float]) -> Ratio:
    """Return the geometric mean of ``times_s / others_s``, paired round by round.

    The interval is that of Student's t for the mean of the logarithms of the ratios: what the
    machine did to a whole round cancels out. A single pair gives an interval without end.
    """
    return interval_of_mean(list(np.asarray(times_s) / np.asarray(others_s)))


def interval_of_mean(values: Sequence[float]) -> Ratio:
    """Return the geometric mean of ``values``, with the interval of Student's t for the mean of their logarithms."""
    logs = np.log(np.asarray(values))
    mean, count = float(logs.mean()), len(logs)
    if count < 2:
        return Ratio(value=math.exp(mean), low=0.0, high=math.inf)
    error = float(logs.std(ddof=1)) / math.sqrt(count)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) * error
    return Ratio(value=math.exp(mean), low=math.exp(mean - half), high=math.exp(mean + half))
