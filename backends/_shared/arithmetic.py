"""NDVI and window means of numpy arrays, one piece of a raster at a time."""

from functools import reduce

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rasterbout.backends._shared.scratch import Scratch

Float32 = NDArray[np.float32]
Stored = NDArray[np.generic]
"""Pixels as stored in a file, of any dtype."""
Floats = NDArray[np.floating]

PART_PIXELS = 1 << 18
"""Pixels computed at a time.

The temporary arrays of this many pixels fit into the processor's caches. With smaller parts, threads wait for
Python's global lock between the calls of numpy.
"""

_scratch = Scratch()


def working_type(dtype: DTypeLike) -> np.dtype[np.floating]:
    """Return the float dtype in which sums and differences of ``dtype`` stay within the contract's tolerance."""
    kind = np.dtype(dtype)
    return np.dtype(np.float32 if kind.kind in "ui" and kind.itemsize <= 2 else np.float64)


def ndvi_type(red: DTypeLike, nir: DTypeLike) -> np.dtype[np.floating]:
    """Return the float dtype in which to compute the NDVI of pixels of dtypes ``red`` and ``nir``."""
    return np.result_type(working_type(red), working_type(nir))


def invalid(stored: Stored, nodata: float | None) -> NDArray[np.bool_] | None:
    """Return a mask, of the shape of ``stored``, that is True for nodata and NaN; None if no pixel can be invalid."""
    masks = []
    if nodata is not None and not np.isnan(nodata):
        masks.append(stored == stored.dtype.type(nodata))
    if stored.dtype.kind == "f":
        masks.append(np.isnan(stored))
    return reduce(np.logical_or, masks) if masks else None


def ndvi(
    red: Stored, nir: Stored, red_nodata: float | None, nir_nodata: float | None, out: Float32 | None = None
) -> Float32:
    """Return (nir - red) / (nir + red), NaN where either is invalid or their sum is 0.

    Parameters
    ----------
    red, nir
        Shape (bands, rows, columns), any dtype.
    red_nodata, nir_nodata
        The nodata values, None if there is none.
    out
        Array for the result; a new one is allocated if it is None.

    Returns
    -------
        float32, shape (bands, rows, columns).
    """
    values = np.empty(red.shape, np.float32) if out is None else out
    rows = max(1, PART_PIXELS // red.shape[-1])
    for row in range(0, red.shape[1], rows):
        part = np.s_[:, row : row + rows]
        _ndvi_of_part(red[part], nir[part], red_nodata, nir_nodata, values[part])
    return values


def _ndvi_of_part(red: Stored, nir: Stored, red_nodata: float | None, nir_nodata: float | None, out: Float32) -> None:
    kind = ndvi_type(red.dtype, nir.dtype)
    r, difference, total = (_scratch.array(role, red.shape, kind) for role in ("red", "difference", "total"))
    r[:], difference[:] = red, nir
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        np.add(difference, r, out=total)
        np.subtract(difference, r, out=difference)
        np.divide(difference, total, out=out, casting="same_kind")
    mask = total == 0
    for other in (invalid(red, red_nodata), invalid(nir, nir_nodata)):
        if other is not None:
            mask |= other
    np.copyto(out, np.nan, where=mask)


def window_mean(stored: Stored, nodata: float | None, factor: int) -> Float32:
    """Return the mean of the valid pixels of each ``factor`` x ``factor`` window, NaN if a window has none.

    Parameters
    ----------
    stored
        Shape (bands, rows, columns), any dtype; rows and columns are multiples of ``factor``.
    nodata
        The nodata value, None if there is none.
    factor
        Edge of a window in pixels.

    Returns
    -------
        float32, shape (bands, rows / factor, columns / factor).
    """
    mask = invalid(stored, nodata)
    if mask is None or not mask.any():
        return (_window_sum(stored, factor) / factor**2).astype(np.float32)
    total = _window_sum(np.where(mask, stored.dtype.type(0), stored), factor)
    count = _window_sum(~mask, factor)
    with np.errstate(invalid="ignore"):
        return (total / count).astype(np.float32)


def _window_sum(pixels: Stored, factor: int) -> NDArray[np.float64]:
    bands, rows, columns = pixels.shape
    # Rows first: numpy adds whole lines, and leaves ``factor`` times fewer values for the second sum.
    narrow = pixels.dtype.kind in "uib" and pixels.dtype.itemsize <= 2 and factor < 2**15
    by_factor = pixels.reshape(bands, rows // factor, factor, columns)
    lines = np.add.reduce(by_factor, axis=2, dtype=np.int32 if narrow else np.float64)
    sums: NDArray[np.float64] = lines.reshape(bands, rows // factor, columns // factor, factor).sum(
        axis=3, dtype=np.float64
    )
    return sums
