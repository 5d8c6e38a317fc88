"""What each operation means, once more: one pixel at a time, in plain Python, from the table of semantics.

Nothing is shared with the oracle but the operations' parameters. Files are read whole.
"""

import math
import warnings
from fractions import Fraction

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning

from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band, Raster

Rows = list[list[float]]
Image = NDArray[np.float64]

REACH = {Resampling.NEAREST: (0, 0), Resampling.BILINEAR: (0, 1), Resampling.CUBIC: (-1, 2)}
NEAR_PX = 2e-7  # coordinates are decimal fractions in binary: halves of pixels are this near to being exact


def slow_truth(operation: Operation) -> tuple[Image, NDArray[np.bool_]]:
    """Return the right pixels (bands, rows, columns) and where they are well defined."""
    match operation:
        case Ndvi():
            values = [_ndvi(operation.red, operation.nir)]
        case Downscale():
            values = [_means(band, operation.factor) for band in _bands(operation.source)]
        case MeanNdvi():
            values = [_means(_ndvi(operation.red, operation.nir), operation.factor)]
        case _:
            return _superimpose(operation)
    image = np.array(values)
    return image, np.ones(image.shape, dtype=bool)


def _bands(raster: Raster) -> list[Rows]:
    return [_valid(Band(raster=raster, index=index)) for index in range(1, raster.count + 1)]


def _valid(band: Band) -> Rows:
    """Return the pixels of a band, NaN where they equal the declared nodata value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(band.raster.path) as file:
            stored, declared = file.read(band.index), file.nodatavals[band.index - 1]
    if declared is not None and stored.dtype == np.float32:
        declared = float(np.float32(declared))
    return [[math.nan if pixel == declared else float(pixel) for pixel in row] for row in stored.tolist()]


def _ndvi(red: Band, nir: Band) -> Rows:
    return [
        [_ndvi_of(*pixels) for pixels in zip(*rows, strict=True)] for rows in zip(_valid(red), _valid(nir), strict=True)
    ]


def _ndvi_of(red: float, nir: float) -> float:
    if math.isnan(red) or math.isnan(nir) or nir + red == 0:
        return math.nan
    return (nir - red) / (nir + red)


def _means(rows: Rows, factor: int) -> Rows:
    return [
        [
            _mean([rows[i * factor + di][j * factor + dj] for di in range(factor) for dj in range(factor)])
            for j in range(len(rows[0]) // factor)
        ]
        for i in range(len(rows) // factor)
    ]


def _mean(values: list[float]) -> float:
    valid = [value for value in values if not math.isnan(value)]
    if not valid:
        return math.nan
    return math.fsum(valid) / len(valid)


def _superimpose(operation: Superimpose) -> tuple[Image, NDArray[np.bool_]]:
    bands = [_Surrounded(rows) for rows in _bands(operation.moving)]
    onto, moving = operation.onto, operation.moving.grid.transform
    down = _positions((moving.f, moving.e), (onto.transform.f, onto.transform.e), onto.height)
    along = _positions((moving.c, moving.a), (onto.transform.c, onto.transform.a), onto.width)
    pixels = [[[_resampled(band, y, x, operation.resampling) for x in along] for y in down] for band in bands]
    image = np.array(pixels)
    return image[..., 0], image[..., 1].astype(bool)


class _Surrounded:
    """A band with nothing around it."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def at(self, row: int, column: int) -> float:
        inside = 0 <= row < len(self._rows) and 0 <= column < len(self._rows[0])
        return self._rows[row][column] if inside else math.nan


def _positions(moving: tuple[float, float], onto: tuple[float, float], count: int) -> list[Fraction]:
    """Return where the centres of ``count`` reference pixels are, in pixels from the moving raster's edge.

    ``moving`` and ``onto`` are the start and the step of the pixels along one axis; the result is exact.
    """
    (origin, size), (start, step) = (map(Fraction, axis) for axis in (moving, onto))
    return [_snapped((start + step * (index + Fraction(1, 2)) - origin) / size) for index in range(count)]


def _snapped(position: Fraction) -> Fraction:
    half = Fraction(round(position * 2), 2)
    return half if abs(position - half) < NEAR_PX / 2 else position


def _resampled(band: _Surrounded, row: Fraction, column: Fraction, how: Resampling) -> tuple[float, bool]:
    before, after = REACH[how]
    if how == Resampling.NEAREST:
        top, left = math.floor(row), math.floor(column)
        if row == top or column == left:  # on a border, either side may be taken
            return math.nan, False
    else:
        top, left = math.floor(row - Fraction(1, 2)), math.floor(column - Fraction(1, 2))
    footprint = [[band.at(top + i, left + j) for j in range(before, after + 1)] for i in range(before, after + 1)]
    if all(math.isnan(pixel) for line in footprint for pixel in line):
        return math.nan, True
    ring = (band.at(top + i, left + j) for i in range(before - 1, after + 2) for j in range(before - 1, after + 2))
    if any(map(math.isnan, ring)):
        return math.nan, False
    down, along = float(row - top - Fraction(1, 2)), float(column - left - Fraction(1, 2))
    return _along([_along(line, along) for line in footprint], down), True


def _along(pixels: list[float], at: float) -> float:
    """Interpolate one, two or four pixels in a row; ``at`` counts from the first of the inner two."""
    if len(pixels) == 1:
        return pixels[0]
    if len(pixels) == 2:
        return pixels[0] + at * (pixels[1] - pixels[0])
    p, q, r, s = pixels
    # The Catmull-Rom spline through four points, as a polynomial of the position between q and r.
    return q + 0.5 * at * (r - p + at * (2 * p - 5 * q + 4 * r - s + at * (3 * (q - r) + s - p)))
