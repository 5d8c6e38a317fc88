"""The time of a setting as a function of the number of pixels, checked on sizes that it was not fitted to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

FEWEST_SIZES = 3


@dataclass(frozen=True, kw_only=True)
class Growth:
    """``time = fixed_s + s_per_pixel * pixels``.

    Attributes
    ----------
    error
        Largest relative error in predicting the time at one size from all others.
    sizes
        The numbers of pixels it was fitted to.
    """

    fixed_s: float
    s_per_pixel: float
    error: float
    sizes: tuple[int, ...]

    def time_s(self, pixels: int) -> float:
        """Return the predicted time in seconds."""
        return self.fixed_s + self.s_per_pixel * pixels


def fit(times_s: Mapping[int, float]) -> Growth | None:
    """Fit the growth to times in seconds by number of pixels; None for fewer than `FEWEST_SIZES` sizes.

    The coefficients are not negative, and minimise the squares of the relative errors.
    """
    if len(times_s) < FEWEST_SIZES:
        return None
    errors = []
    for size, time_s in times_s.items():
        fixed_s, s_per_pixel = _coefficients({other: times_s[other] for other in times_s if other != size})
        errors.append(abs((fixed_s + s_per_pixel * size) / time_s - 1))
    fixed_s, s_per_pixel = _coefficients(times_s)
    return Growth(fixed_s=fixed_s, s_per_pixel=s_per_pixel, error=max(errors), sizes=tuple(sorted(times_s)))


def _coefficients(times_s: Mapping[int, float]) -> tuple[float, float]:
    from scipy.optimize import nnls  # noqa: PLC0415  takes a second to import

    sizes, times = np.array(list(times_s), np.float64), np.array(list(times_s.values()))
    scale = sizes.max()
    (fixed_s, s_per_scale), _ = nnls(np.column_stack([1 / times, sizes / scale / times]), np.ones(len(times)))
    return float(fixed_s), float(s_per_scale / scale)
