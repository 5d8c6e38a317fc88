"""Awkward pairs of bands and factors for the mean NDVI of windows."""

from pathlib import Path

import numpy as np

from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.testing.case import Case, Cases
from rasterbout.testing.cases import ndvi
from rasterbout.testing.cases.pairs import pair, reflectances
from rasterbout.testing.rasters import floats, integers, with_holes

CASES = Cases(MeanNdvi.name)

FACTORS = {
    "uint8-differences-wrap": 3,
    "int16-wraps": 7,
    "int16-extremes": 5,
    "uint16-sums-wrap": 10,
    "uint16-differences-wrap": 2,
    "sum-is-zero": 3,
    "uint8-zeros": 2,
    "nodata-in-both": 5,
    "nodata-in-red-alone": 1,
    "nodata-in-nir-alone": 16,
    "nodata-differs": 7,
    "uint16-nodata-zero": 4,
    "all-nodata": 3,
    "float32-nan": 5,
    "float32-nodata-and-nan": 10,
    "float32-nodata-rounded": 3,
    "float32-sums-almost-cancel": 4,
    "nodata-no-uint8-can-hold": 6,
    "bands-3-and-4-of-one-file": 11,
    "the-same-band-twice": 2,
    "uint8-and-int16": 5,
    "one-row": 1,
    "one-column": 1,
    "one-pixel": 1,
    "smaller-than-a-block": 2,
    "tiles-against-strips": 9,
    "block-never-written": 3,
    "no-georeference": 4,
    "crs-without-a-code": 5,
    "south-up": 2,
    "rotated": 5,
    "int32": 3,
    "float64": 3,
}


def coarse(pair: Ndvi, factor: int) -> MeanNdvi:
    """Return the mean NDVI of the same two bands."""
    return MeanNdvi(red=pair.red, nir=pair.nir, factor=factor)


def _of(case: Case, factor: int) -> None:
    def make(folder: Path) -> MeanNdvi:
        operation = case.make(folder)
        assert isinstance(operation, Ndvi)
        return coarse(operation, factor)

    CASES.add(f"{case.name}-by-{factor}", make)


for name, factor in FACTORS.items():
    _of(ndvi.CASES[name], factor)


@CASES
def whole_raster(folder: Path) -> MeanNdvi:
    return coarse(pair(folder, *reflectances("whole", (64, 64))), 64)


@CASES
def whole_height(folder: Path) -> MeanNdvi:
    red, nir = reflectances("height", (31, 190))
    return coarse(pair(folder, with_holes("height", red, -10000), nir, nodata=-10000), 31)


@CASES
def many_pixels_a_window(folder: Path) -> MeanNdvi:
    red, nir = floats("many red", (300, 305), 0.01, 0.02), floats("many nir", (300, 305), 0.4, 0.41)
    return coarse(pair(folder, red, nir), 150)


@CASES
def large_values_beside_small_ones(folder: Path) -> MeanNdvi:
    """A sum near zero makes one NDVI of a window large."""
    red, nir = reflectances("beside", (90, 120))
    red[::5, ::5], nir[::5, ::5] = -3000, 3001
    return coarse(pair(folder, red, nir), 10)


@CASES
def no_valid_sum_in_some_windows(folder: Path) -> MeanNdvi:
    red, nir = integers("no sum", "int16", (60, 80), 1, 9), integers("no sum nir", "int16", (60, 80), 1, 9)
    nir[:24, :32] = -red[:24, :32]
    nir[30, 40] = 0
    red[30, 40] = 0
    return coarse(pair(folder, red, nir), 4)


@CASES
def larger_than_a_tile(folder: Path) -> MeanNdvi:
    red, nir = reflectances("large", (75, 1063))
    return coarse(pair(folder, np.where(nir % 97 == 0, 0, red).astype("int16"), nir, nodata=0), 2)
