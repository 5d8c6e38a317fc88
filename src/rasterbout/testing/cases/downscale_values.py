"""Awkward numbers, types, nodata values and factors for window means."""

from pathlib import Path

import numpy as np

from rasterbout.operations.downscale import Downscale
from rasterbout.testing.case import Cases
from rasterbout.testing.rasters import floats, integers, rng, with_holes, write, write_with_any_nodata

CASES = Cases(Downscale.name)
SHAPE = (101, 137)  # rows, columns: primes, which no factor divides


@CASES
def by_1_uint8(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("by 1", "uint8", SHAPE)), factor=1)


@CASES
def by_1_float32_nodata(folder: Path) -> Downscale:
    pixels = with_holes("by 1", floats("by 1", SHAPE, -5, 5), -9999.1)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=-9999.1), factor=1)


@CASES
def by_2_int16_nodata(folder: Path) -> Downscale:
    pixels = with_holes("by 2", integers("by 2", "int16", SHAPE), -10000, share=0.4)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=-10000), factor=2)


@CASES
def by_2_many_strips(folder: Path) -> Downscale:
    pixels = with_holes("strips", integers("strips", "int16", (2046, 61)), -10000, share=0.4)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=-10000), factor=2)


@CASES
def by_3_uint16(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("by 3", "uint16", SHAPE, 60000)), factor=3)


@CASES
def by_4_float32_nodata_nan(folder: Path) -> Downscale:
    pixels = with_holes("by 4", floats("by 4", SHAPE, -1, 1), np.nan, share=0.6)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=np.nan), factor=4)


@CASES
def by_5_float32_nan(folder: Path) -> Downscale:
    pixels = with_holes("by 5", floats("by 5", SHAPE, 1, 2), np.nan)
    return Downscale(source=write(folder / "a.tif", pixels), factor=5)


@CASES
def by_7_float32_nodata_and_nan(folder: Path) -> Downscale:
    pixels = with_holes("by 7", floats("by 7", SHAPE, -1, 1), -9999)
    pixels[::3, ::4] = np.nan
    return Downscale(source=write(folder / "a.tif", pixels, nodata=-9999), factor=7)


@CASES
def by_10_int16_wraps(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("by 10", "int16", SHAPE, 32000), blockysize=1), factor=10)


@CASES
def by_12_uint8_nodata_0(folder: Path) -> Downscale:
    pixels = with_holes("by 12", integers("by 12", "uint8", SHAPE), 0)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=0), factor=12)


@CASES
def by_13_int16_nodata(folder: Path) -> Downscale:
    pixels = with_holes("by 13", integers("by 13", "int16", SHAPE), 32767)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=32767), factor=13)


@CASES
def by_16_uint16_nodata(folder: Path) -> Downscale:
    pixels = with_holes("by 16", integers("by 16", "uint16", SHAPE), 65535)
    source = write(folder / "a.tif", pixels, nodata=65535, tiled=True, blockxsize=32, blockysize=16, compress="lzw")
    return Downscale(source=source, factor=16)


@CASES
def whole_raster(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("whole", "int16", (60, 60))), factor=60)


@CASES
def whole_height(folder: Path) -> Downscale:
    pixels = with_holes("height", floats("height", (37, 150), 0, 1), np.nan)
    return Downscale(source=write(folder / "a.tif", pixels), factor=37)


@CASES
def whole_width(folder: Path) -> Downscale:
    pixels = with_holes("width", integers("width", "uint16", (120, 41)), 0)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=0), factor=41)


@CASES
def divides_exactly(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("exact", "int16", (100, 150))), factor=5)


@CASES
def one_valid_pixel_or_none(folder: Path) -> Downscale:
    """Windows with no valid pixel, one, or all but one."""
    pixels = np.full((60, 90), -1, "int16")
    pixels[3::10, 4::6] = integers("lone", "int16", (6, 15), 0)
    pixels[30:] = integers("lonely", "int16", (30, 90), 0)
    pixels[33::6, 0::6] = -1
    return Downscale(source=write(folder / "a.tif", pixels, nodata=-1), factor=6)


@CASES
def all_nodata(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", np.full(SHAPE, -10000, "int16"), nodata=-10000), factor=3)


@CASES
def wild_values_in_incomplete_windows(folder: Path) -> Downscale:
    pixels = integers("wild", "int16", (59, 79), 0, 10)
    pixels[54:], pixels[:, 72:] = 32767, -32768
    return Downscale(source=write(folder / "a.tif", pixels), factor=9)


@CASES
def means_near_zero(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("zero", "int16", SHAPE)), factor=10)


@CASES
def small_differences_of_large_values(folder: Path) -> Downscale:
    pixels = 8e6 + np.round(floats("offset", SHAPE, 0, 9))
    return Downscale(source=write(folder / "a.tif", pixels.astype("float32")), factor=15)


@CASES
def sums_beyond_float32(folder: Path) -> Downscale:
    pixels = with_holes("huge", floats("huge", SHAPE, 1, 3) * np.float32(1e38), np.finfo(np.float32).min)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=float(np.finfo(np.float32).min)), factor=6)


@CASES
def many_pixels_a_window(folder: Path) -> Downscale:
    """A running float32 sum of 90000 numbers loses too many digits."""
    return Downscale(source=write(folder / "a.tif", floats("many", (300, 310), 0.1, 0.2)), factor=300)


@CASES
def nodata_no_uint8_can_hold(folder: Path) -> Downscale:
    source = write_with_any_nodata(folder / "a.tif", integers("u8", "uint8", SHAPE), "-9999")
    return Downscale(source=source, factor=5)


@CASES
def nodata_no_int16_can_hold(folder: Path) -> Downscale:
    pixels = integers("i16", "int16", SHAPE, -3, 3)
    pixels[:20, :20] = -1  # 65535 wrapped
    return Downscale(source=write_with_any_nodata(folder / "a.tif", pixels, "65535"), factor=2)


@CASES
def int32(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("i32", "int32", SHAPE, 2**31 - 99)), factor=4)


@CASES
def uint32(folder: Path) -> Downscale:
    pixels = with_holes("u32", integers("u32", "uint32", SHAPE, 2**31), 2**32 - 1)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=2**32 - 1), factor=3)


@CASES
def float64(folder: Path) -> Downscale:
    pixels = with_holes("f64", rng("f64").uniform(-1, 1, SHAPE), -0.1)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=-0.1), factor=6)
