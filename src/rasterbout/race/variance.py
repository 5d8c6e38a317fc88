"""Variances of few measurements, moderated by those of all candidates.

Empirical Bayes after G. K. Smyth, "Linear models and empirical Bayes methods for assessing differential
expression in microarray experiments", Statistical Applications in Genetics and Molecular Biology 3 (2004),
sections 4 and 6.2: variances follow a scaled inverse chi-square distribution, whose scale and degrees of
freedom are estimated from the mean and the variance of their logarithms.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SMALLEST = 1e-12
"""Lower bound of a variance: differences that are equal to the last digit of the clock."""

MOST_FREEDOM = 1e6
"""Degrees of freedom of a prior when the variances differ no more than chance explains, before they are limited."""


@dataclass(frozen=True, kw_only=True)
class Prior:
    """Scale and degrees of freedom of the distribution of variances."""

    variance: float
    freedom: float

    def moderated(self, values: np.ndarray) -> tuple[float, float]:
        """Return the moderated variance of ``values`` (shape (n,), n > 1), and its degrees of freedom.

        The variance is at least that of ``values``: a disturbed measurement must not pass for a slow candidate
        because the others were undisturbed.
        """
        own, freedom = float(values.var(ddof=1)), len(values) - 1
        both = self.freedom + freedom
        return max(own, (self.freedom * self.variance + freedom * own) / both), both


def fit_prior(series: Sequence[np.ndarray]) -> Prior | None:
    """Fit the prior to the variances of several series, each of at least two values; None without series.

    Its degrees of freedom are at most those of all series together: few series do not show how alike they are.
    """
    from scipy import special  # noqa: PLC0415  takes a second to import

    if not series:
        return None
    half = np.array([(len(one) - 1) / 2 for one in series])
    logs = np.log([max(float(one.var(ddof=1)), SMALLEST) for one in series])
    centred = logs - special.digamma(half) + np.log(half)
    mean = float(centred.mean())
    if len(series) == 1:
        return Prior(variance=SMALLEST, freedom=0.0)  # nothing to borrow from
    excess = float(centred.var(ddof=1) - special.polygamma(1, half).mean())
    freedom = 2 * _trigamma_inverse(excess) if excess > 0 else MOST_FREEDOM
    scale = math.log(freedom / 2) - float(special.digamma(freedom / 2))
    return Prior(variance=math.exp(mean - scale), freedom=min(freedom, 2 * float(half.sum())))


def _trigamma_inverse(value: float) -> float:
    """Return x with ``trigamma(x) = value``."""
    from scipy import optimize, special  # noqa: PLC0415

    low, high = 1e-6, MOST_FREEDOM
    if special.polygamma(1, high) >= value:
        return high
    if special.polygamma(1, low) <= value:
        return low
    return float(optimize.brentq(lambda x: math.log(special.polygamma(1, x)) - math.log(value), low, high))
