"""The arithmetic of the operations as expressions of lazy arrays (bands, rows, columns)."""

import dask.array as da
import numpy as np

from rasterbout.backends._shared.arithmetic import working_type


def valid_or_nan(stored: da.Array, nodata: float | None) -> da.Array:
    """Return the pixels as floats, NaN where they are nodata."""
    values = stored.astype(working_type(stored.dtype))
    return values if nodata is None else da.where(stored == stored.dtype.type(nodata), _nan_of(values), values)


def ndvi(red: da.Array, nir: da.Array) -> da.Array:
    """Return (nir - red) / (nir + red) of two arrays of floats, NaN where their sum is 0."""
    total = nir + red
    return (nir - red) / da.where(total == 0, _nan_of(total), total)


def _nan_of(values: da.Array) -> np.floating:
    """Return NaN in the dtype of ``values``; with a Python float the result would become float64."""
    nan: np.floating = values.dtype.type(np.nan)
    return nan
