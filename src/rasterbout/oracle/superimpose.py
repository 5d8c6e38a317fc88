"""The oracle of superimpose.

A pixel is compared where its footprint (1, 2 x 2 or 4 x 4 source pixels) and one more pixel around
it are inside the image and valid; elsewhere tools differ in how they renormalise, extrapolate or give
up. Where the whole footprint is invalid, the pixel must be NaN.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.oracle.expected import Expected, Float64
from rasterbout.oracle.pixels import Pixels
from rasterbout.window import Window

Indices = NDArray[np.intp]

ON_BORDER_PX = 1e-6  # a centre this close to the border between two source pixels may fall on either side
SNAP_PX = 1e-7  # larger than the rounding error of a centre's coordinates
TAPS = {Resampling.NEAREST: 1, Resampling.BILINEAR: 2, Resampling.CUBIC: 4}


class SuperimposeOracle:
    """The moving raster at the pixel centres of the reference grid."""

    piece = (512, 512)

    def __init__(self, operation: Superimpose, pixels: Mapping[Path, Pixels]) -> None:
        self._operation = operation
        self._moving = pixels[operation.moving.path]
        self.tolerance = 0.0 if operation.resampling == Resampling.NEAREST else 1e-6

    def expected(self, window: Window) -> Expected:
        """Return the right pixels; errors are relative to the largest value of the footprint."""
        rows, columns = self._axes(window)
        source = self._moving.read_padded(_around(rows, columns))
        filled = np.nan_to_num(source, nan=0.0, posinf=np.inf, neginf=-np.inf)
        missing = _running_count(np.isnan(source))
        taps = rows.taps
        empty = _count(missing, rows, columns, margin=0) == taps * taps
        whole = _count(missing, rows, columns, margin=1) == 0
        values = _interpolate(filled, rows, columns)
        values[empty] = np.nan
        certain = ~(rows.on_border[:, None] | columns.on_border[None, :])
        return Expected(
            values=values,
            scale=np.maximum(_largest(np.abs(filled), rows, columns), np.finfo(np.float32).tiny),
            defined=(whole | empty) & certain,
        )

    def _axes(self, window: Window) -> tuple["Footprints", "Footprints"]:
        onto, moving = self._operation.onto.transform, self._operation.moving.grid.transform
        row_centres = np.arange(window.row, window.row + window.height) + 0.5
        column_centres = np.arange(window.column, window.column + window.width) + 0.5
        return (
            Footprints.of((onto.f - moving.f + onto.e * row_centres) / moving.e, self._operation.resampling),
            Footprints.of((onto.c - moving.c + onto.a * column_centres) / moving.a, self._operation.resampling),
        )


@dataclass(frozen=True)
class Footprints:
    """The source pixels and weights that make up each output pixel, along one axis."""

    first: Indices
    """Index of the first source pixel, shape (n,); the footprint is ``taps`` long."""
    weights: Float64
    """Shape (taps, n), summing to 1 over the taps."""
    on_border: NDArray[np.bool_]
    """Whether rounding decides which source pixel is nearest, shape (n,)."""

    @property
    def taps(self) -> int:
        """Number of source pixels in a footprint."""
        return len(self.weights)

    @classmethod
    def of(cls, centres: Float64, resampling: Resampling) -> "Footprints":
        """Make the footprints around ``centres``, in source pixels from the image's edge, shape (n,)."""
        centres = np.where(np.abs(2 * centres - np.rint(2 * centres)) < SNAP_PX, np.rint(2 * centres) / 2, centres)
        taps = TAPS[resampling]
        if taps == 1:
            border = np.abs(centres - np.rint(centres)) < ON_BORDER_PX
            return cls(np.floor(centres).astype(np.intp), np.ones((1, len(centres))), border)
        before = np.floor(centres - 0.5)
        first = before - (taps // 2 - 1)
        distance = np.abs(centres - 0.5 - first - np.arange(taps)[:, None])
        weights = 1 - distance if taps == 2 else _catmull_rom(distance)
        return cls(first.astype(np.intp), weights, np.zeros(len(centres), dtype=bool))


def _catmull_rom(distance: Float64) -> Float64:
    """Return the weight of a sample at ``distance`` pixels.

    Keys, R. (1981), Cubic convolution interpolation for digital image processing, equation 4, a = -1/2.
    """
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))


def _around(rows: Footprints, columns: Footprints) -> Window:
    """Return the source window that holds all footprints and one more pixel around them."""
    top, left = rows.first.min() - 1, columns.first.min() - 1
    bottom, right = rows.first.max() + rows.taps + 1, columns.first.max() + columns.taps + 1
    return Window(int(top), int(left), int(bottom - top), int(right - left))


def _offsets(footprints: Footprints) -> Indices:
    """Return the first source pixels as indices into the window of `_around`."""
    offsets: Indices = footprints.first - footprints.first.min() + 1
    return offsets


def _interpolate(source: Float64, rows: Footprints, columns: Footprints) -> Float64:
    row, column = _offsets(rows), _offsets(columns)
    tall = sum(rows.weights[tap][:, None] * source[:, row + tap, :] for tap in range(rows.taps))
    return np.asarray(sum(columns.weights[tap] * tall[:, :, column + tap] for tap in range(columns.taps)))


def _largest(source: Float64, rows: Footprints, columns: Footprints) -> Float64:
    row, column = _offsets(rows), _offsets(columns)
    tall = np.maximum.reduce([source[:, row + tap, :] for tap in range(rows.taps)])
    return np.asarray(np.maximum.reduce([tall[:, :, column + tap] for tap in range(columns.taps)]))


def _running_count(mask: NDArray[np.bool_]) -> Indices:
    """Return the number of set elements above and left of each corner, shape (bands, rows + 1, columns + 1)."""
    count = np.zeros((mask.shape[0], mask.shape[1] + 1, mask.shape[2] + 1), dtype=np.intp)
    count[:, 1:, 1:] = mask.cumsum(axis=1, dtype=np.intp).cumsum(axis=2)
    return count


def _count(running: Indices, rows: Footprints, columns: Footprints, margin: int) -> Indices:
    """Return the number of set elements in each footprint and ``margin`` pixels around it."""
    top, left = _offsets(rows) - margin, _offsets(columns) - margin
    bottom, right = top + rows.taps + 2 * margin, left + columns.taps + 2 * margin
    lower, upper = running[:, bottom], running[:, top]
    counts: Indices = lower[:, :, right] - lower[:, :, left] - upper[:, :, right] + upper[:, :, left]
    return counts
