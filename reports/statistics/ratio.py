"""Ratios of times, with the interval that the samples allow."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rasterbout.race.variance import Prior, fit_prior

CONFIDENCE = 0.95

MOST = 300.0
"""Half an interval of logarithms is at most as wide: its bounds stay numbers."""

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
        Its confidence interval, by default at the level `CONFIDENCE`.
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


def prior_of(ratios: Iterable[Sequence[float]]) -> Prior | None:
    """Return what several series of ratios show about the variances of their logarithms; None without two of any."""
    return fit_prior([np.log(np.asarray(one)) for one in ratios if len(one) > 1])


def interval_of_mean(values: Sequence[float], prior: Prior | None = None, confidence: float = CONFIDENCE) -> Ratio:
    """Return the geometric mean of ``values``, with interval and p of Student's t for the mean of their logarithms.

    Of ratios paired by round, what slows down a whole round cancels out.

    With a ``prior``, their variance is moderated as in a race (`rasterbout.race.variance`): two or three values alone
    say little about it, and a single one nothing. Without, the interval of a single value is infinite.
    """
    from scipy import stats  # noqa: PLC0415  takes a second to import, and only tables with intervals need it

    logs = np.log(np.asarray(values))
    mean, count = float(logs.mean()), len(logs)
    variance, freedom = _variance(logs, prior)
    if freedom <= 0:
        return Ratio(value=math.exp(mean), low=0.0, high=math.inf, p=1.0)
    error = math.sqrt(variance / count)
    half = min(float(stats.t.ppf((1 + confidence) / 2, freedom)) * error, MOST)
    away = abs(mean) / error if error else math.inf if mean else 0.0
    p = 2 * float(stats.t.sf(away, freedom))
    return Ratio(value=math.exp(mean), low=math.exp(mean - half), high=math.exp(mean + half), p=p)


def _variance(logs: np.ndarray, prior: Prior | None) -> tuple[float, float]:
    """Return the variance of one of ``logs``, and its degrees of freedom; 0 if it is not known."""
    if len(logs) > 1:
        return (float(logs.var(ddof=1)), len(logs) - 1) if prior is None else prior.moderated(logs)
    return (0.0, 0.0) if prior is None else (prior.variance, prior.freedom)
