"""Pairs of bands with awkward numbers, types and nodata values, for NDVI."""

from pathlib import Path

import numpy as np

from rasterbout.operations.ndvi import Ndvi
from rasterbout.raster import Band
from rasterbout.testing.case import Cases
from rasterbout.testing.cases.pairs import SHAPE, pair, reflectances
from rasterbout.testing.rasters import floats, integers, rng, with_holes, write_with_any_nodata

CASES = Cases(Ndvi.name)


@CASES
def uint8_differences_wrap(folder: Path) -> Ndvi:
    return pair(folder, integers("u8 red", "uint8", SHAPE), integers("u8 nir", "uint8", SHAPE))


@CASES
def int16_wraps(folder: Path) -> Ndvi:
    return pair(folder, integers("i16 red", "int16", SHAPE), integers("i16 nir", "int16", SHAPE, 15000))


@CASES
def int16_extremes(folder: Path) -> Ndvi:
    values = np.array([-32768, -32767, -1, 0, 1, 2, 32766, 32767], "int16")
    red, nir = np.meshgrid(np.tile(values, 9), np.tile(values, 7))
    return pair(folder, red, nir)


@CASES
def uint16_sums_wrap(folder: Path) -> Ndvi:
    return pair(folder, integers("u16 red", "uint16", SHAPE, 30000), integers("u16 nir", "uint16", SHAPE, 40000))


@CASES
def uint16_differences_wrap(folder: Path) -> Ndvi:
    return pair(folder, integers("u16 red", "uint16", SHAPE, 500, 900), integers("u16 nir", "uint16", SHAPE, 1, 499))


@CASES
def sum_is_zero(folder: Path) -> Ndvi:
    red = integers("zero", "int16", SHAPE, -3, 3)
    nir = np.where(rng("zero nir").random(SHAPE) < 0.5, -red, red + 1).astype("int16")
    return pair(folder, red, nir, nodata=-10000)


@CASES
def uint8_zeros(folder: Path) -> Ndvi:
    return pair(folder, integers("dark red", "uint8", SHAPE, 0, 1), integers("dark nir", "uint8", SHAPE, 0, 1))


@CASES
def nodata_in_both(folder: Path) -> Ndvi:
    red, nir = reflectances("both")
    return pair(folder, with_holes("a", red, -10000), with_holes("b", nir, -10000), nodata=-10000)


@CASES
def nodata_in_red_alone(folder: Path) -> Ndvi:
    red, nir = reflectances("red alone")
    nir[::7, ::5] = -10000  # an ordinary value, since this file declares no nodata
    return pair(folder, with_holes("a", red, -10000), nir, nodata=-10000, nir_how={"nodata": None})


@CASES
def nodata_in_nir_alone(folder: Path) -> Ndvi:
    red, nir = reflectances("nir alone")
    return pair(folder, red, with_holes("b", nir, 32767), nir_how={"nodata": 32767})


@CASES
def nodata_differs(folder: Path) -> Ndvi:
    red, nir = reflectances("differs")
    red, nir = with_holes("a", red, -10000), with_holes("b", nir, 0)
    red[::9, ::4], nir[::8, ::6] = 0, -10000  # the nodata value of the other file is an ordinary value
    return pair(folder, red, nir, nodata=-10000, nir_how={"nodata": 0})


@CASES
def uint16_nodata_zero(folder: Path) -> Ndvi:
    red, nir = (integers(name, "uint16", SHAPE, 0, 5000) for name in ("red 0", "nir 0"))
    return pair(folder, with_holes("a", red, 0), with_holes("b", nir, 0), nodata=0)


@CASES
def uint8_nodata_255(folder: Path) -> Ndvi:
    red, nir = (integers(name, "uint8", SHAPE, 250, 255) for name in ("red 255", "nir 255"))
    return pair(folder, red, nir, nodata=255)


@CASES
def all_nodata(folder: Path) -> Ndvi:
    nothing = np.full(SHAPE, -10000, "int16")
    return pair(folder, nothing, nothing, nodata=-10000)


@CASES
def red_all_nodata(folder: Path) -> Ndvi:
    red, nir = reflectances("half nothing")
    return pair(folder, np.zeros_like(red), nir, nodata=0)


@CASES
def float32_nan(folder: Path) -> Ndvi:
    red, nir = floats("red", SHAPE, 0, 0.3), floats("nir", SHAPE, 0.1, 0.6)
    return pair(folder, with_holes("a", red, np.nan), with_holes("b", nir, np.nan))


@CASES
def float32_nodata_nan(folder: Path) -> Ndvi:
    red, nir = floats("red n", SHAPE, 0, 0.3), floats("nir n", SHAPE, 0.1, 0.6)
    return pair(folder, with_holes("a", red, np.nan), with_holes("b", nir, np.nan), nodata=np.nan)


@CASES
def float32_nodata_and_nan(folder: Path) -> Ndvi:
    red, nir = floats("red nn", SHAPE, 0, 0.3), floats("nir nn", SHAPE, 0.1, 0.6)
    red, nir = with_holes("a", red, -9999), with_holes("b", nir, -9999)
    red[::5, ::7] = nir[::3, ::11] = np.nan
    return pair(folder, red, nir, nodata=-9999)


@CASES
def float32_nodata_rounded(folder: Path) -> Ndvi:
    """The declared value is -9999.1, the pixels hold the float32 next to it."""
    red, nir = floats("red r", SHAPE, 0, 0.3), floats("nir r", SHAPE, 0.1, 0.6)
    hole = np.float32(-9999.1)
    return pair(folder, with_holes("a", red, hole), with_holes("b", nir, hole), nodata=-9999.1)


@CASES
def float32_nodata_lowest(folder: Path) -> Ndvi:
    red, nir = floats("red l", SHAPE, 0, 0.3), floats("nir l", SHAPE, 0.1, 0.6)
    lowest = float(np.finfo(np.float32).min)
    return pair(folder, with_holes("a", red, lowest), with_holes("b", nir, lowest), nodata=lowest)


@CASES
def float32_sums_almost_cancel(folder: Path) -> Ndvi:
    red = floats("red c", SHAPE, -1, 1)
    return pair(folder, red, -red + floats("nir c", SHAPE, -1e-4, 1e-4))


@CASES
def nodata_no_uint8_can_hold(folder: Path) -> Ndvi:
    red, nir = (integers(name, "uint8", SHAPE) for name in ("red u", "nir u"))
    return Ndvi(
        red=Band(raster=write_with_any_nodata(folder / "red.tif", red, "-9999")),
        nir=Band(raster=write_with_any_nodata(folder / "nir.tif", nir, "256")),
    )


@CASES
def nodata_no_uint16_can_hold(folder: Path) -> Ndvi:
    red, nir = (integers(name, "uint16", SHAPE, 0, 4) for name in ("red h", "nir h"))
    return Ndvi(
        red=Band(raster=write_with_any_nodata(folder / "red.tif", red, "-1")),
        nir=Band(raster=write_with_any_nodata(folder / "nir.tif", nir, "nan")),
    )


@CASES
def nodata_is_a_fraction(folder: Path) -> Ndvi:
    red, nir = (integers(name, "int16", SHAPE, -2, 3) for name in ("red f", "nir f"))
    return Ndvi(
        red=Band(raster=write_with_any_nodata(folder / "red.tif", red, "1.5")),
        nir=Band(raster=write_with_any_nodata(folder / "nir.tif", nir, "-0.5")),
    )


@CASES
def uint8_and_int16(folder: Path) -> Ndvi:
    return pair(folder, integers("mixed red", "uint8", SHAPE), integers("mixed nir", "int16", SHAPE, -300, 900))


@CASES
def uint16_and_float32(folder: Path) -> Ndvi:
    nir = with_holes("mixed", floats("mixed nir", SHAPE, 0, 9000), np.nan)
    return pair(folder, integers("mixed red", "uint16", SHAPE), nir)


@CASES
def int32(folder: Path) -> Ndvi:
    """Sums overflow int32, and float32 cannot resolve the differences."""
    return pair(folder, integers("i32 red", "int32", SHAPE, 2**30), integers("i32 nir", "int32", SHAPE, 2**30))


@CASES
def uint32(folder: Path) -> Ndvi:
    red, nir = (integers(name, "uint32", SHAPE, 2**31, 2**31 + 9000) for name in ("u32 red", "u32 nir"))
    return pair(folder, red, nir, nodata=2**31 + 1)


@CASES
def float64(folder: Path) -> Ndvi:
    red, nir = (rng(name).uniform(0.5, 0.5 + 1e-9, SHAPE) for name in ("f64 red", "f64 nir"))
    return pair(folder, with_holes("f64", red, -0.1), -nir, nodata=-0.1)
