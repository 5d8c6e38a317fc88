"""The weights of nearest, bilinear and cubic interpolation along an axis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SNAP_PX = 1e-7  # rounding of coordinates moves a centre by less than this


@dataclass(frozen=True)
class Axis:
    """The source pixels and weights from which output pixels are interpolated, along one axis."""

    start: int
    """The first source pixel of all output pixels."""
    length: int
    """Number of source pixels from the first to the last."""
    first: NDArray[np.int64]
    """Shape (output pixels): the first source pixel of each, relative to ``start``."""
    weights: NDArray[np.float64]
    """Shape (taps, output pixels)."""

    @property
    def end(self) -> int:
        """The source pixel after the last."""
        return self.start + self.length

    @classmethod
    def of(cls, count: int, step: float, origin: float, taps: int) -> "Axis":
        """Return the axis of all output pixels; `part` gives those of a window.

        Parameters
        ----------
        count
            Number of output pixels.
        step
            Length of an output pixel in source pixels.
        origin
            Where the first output pixel begins, in source pixels.
        taps
            Source pixels per output pixel: 1 (nearest), 2 (bilinear) or 4 (cubic).
        """
        centres = origin + step * (np.arange(count) + 0.5)
        halves = np.rint(2 * centres) / 2
        centres = np.where(np.abs(centres - halves) < SNAP_PX, halves, centres)
        if taps == 1:
            return cls(0, 0, np.floor(centres).astype(np.int64), np.ones((1, count)))
        first = np.floor(centres - 0.5) - (taps // 2 - 1)
        distance = np.abs(centres - 0.5 - first - np.arange(taps)[:, None])
        weights = 1 - distance if taps == 2 else _catmull_rom(distance)
        return cls(0, 0, first.astype(np.int64), weights)

    def part(self, begin: int, count: int) -> "Axis":
        """Return the axis of ``count`` output pixels from ``begin``."""
        first, weights = self.first[begin : begin + count], self.weights[:, begin : begin + count]
        start, end = int(first.min()), int(first.max()) + len(weights)
        return Axis(start, end - start, first - start, np.ascontiguousarray(weights))


def _catmull_rom(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of samples at ``distance`` pixels: Keys (1981), equation 4, with a = -1/2."""
    near = 1 - 2.5 * distance**2 + 1.5 * distance**3
    far = 2 - 4 * distance + 2.5 * distance**2 - 0.5 * distance**3
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))
