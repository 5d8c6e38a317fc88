"""The oracle of NDVI."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.oracle.expected import Expected, Float64
from rasterbout.oracle.pixels import Pixels
from rasterbout.window import Window


class NdviOracle:
    """(nir - red) / (nir + red) in float64, NaN where either is NaN or their sum is 0."""

    tolerance = 1e-6
    piece = (512, 512)

    def __init__(self, operation: Ndvi, pixels: Mapping[Path, Pixels]) -> None:
        self._operation = operation
        self._pixels = pixels

    def expected(self, window: Window) -> Expected:
        """Return the right NDVI; errors are relative where its absolute value exceeds 1, else absolute."""
        values = ndvi(self._operation, self._pixels, window)
        return Expected(
            values=values,
            scale=np.fmax(np.abs(values), 1.0),
            defined=np.ones(values.shape, dtype=bool),
        )


def ndvi(operation: Ndvi | MeanNdvi, pixels: Mapping[Path, Pixels], window: Window) -> Float64:
    """Return the NDVI of ``window``, shape (1, rows, columns)."""
    red, nir = (pixels[band.raster.path].read(window, [band.index]) for band in (operation.red, operation.nir))
    total = nir + red
    total[total == 0] = np.nan
    values: Float64 = (nir - red) / total
    return values
