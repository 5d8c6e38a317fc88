"""Awkward rasters and factors for the window means."""

from pathlib import Path

import numpy as np

from awkward import Cases
from ndvi_cases import reflectances
from rasterbout.operations.downscale import Downscale
from rasters import (
    CUSTOM_CRS,
    IDENTITY,
    ROTATED,
    SOUTH_UP,
    floats,
    integers,
    rng,
    with_holes,
    write,
    write_sparse,
    write_with_any_nodata,
)

CASES = Cases()
SHAPE = (101, 137)  # rows, columns: primes to every factor


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
    """Windows with none, one or all but one valid pixel."""
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
    """Adding 90000 numbers one by one in float32 loses too much."""
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
def three_bands_by_pixel(folder: Path) -> Downscale:
    """Holes of one band are no holes of the others."""
    stack = np.stack([with_holes(f"band {band}", reflectances(f"{band}", SHAPE)[0], -10000) for band in range(3)])
    stack[1, 40:80, 40:80], stack[2, :30] = -10000, -10000
    return Downscale(source=write(folder / "a.tif", stack, nodata=-10000, interleave="pixel"), factor=4)


@CASES
def three_bands_by_band(folder: Path) -> Downscale:
    bands = (with_holes(f"band {low}", floats(f"{low}", SHAPE, low, 2 * low), np.nan) for low in (1, 5, 9))
    stack = np.stack(list(bands))
    stack[0, 40:80, 40:80] = np.nan
    return Downscale(source=write(folder / "a.tif", stack, interleave="band"), factor=3)


@CASES
def one_row(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("row", "int16", (1, 97))), factor=1)


@CASES
def one_column(folder: Path) -> Downscale:
    pixels = integers("column", "uint8", (97, 1))
    return Downscale(source=write(folder / "a.tif", pixels, nodata=7), factor=1)


@CASES
def one_row_of_windows(folder: Path) -> Downscale:
    pixels = with_holes("strip", floats("strip", (5, 203)), np.nan)
    return Downscale(source=write(folder / "a.tif", pixels), factor=5)


@CASES
def one_column_of_windows(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("column", "uint16", (150, 7))), factor=4)


@CASES
def one_pixel(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("pixel", "uint16", (1, 1))), factor=1)


@CASES
def smaller_than_a_block(folder: Path) -> Downscale:
    pixels = integers("small", "int16", (6, 9))
    return Downscale(source=write(folder / "a.tif", pixels, tiled=True, blockxsize=256, blockysize=256), factor=2)


@CASES
def blocks_cut_windows(folder: Path) -> Downscale:
    pixels = with_holes("cut", integers("cut", "int16", (150, 170)), 0)
    how = {"tiled": True, "blockxsize": 16, "blockysize": 32, "compress": "deflate"}
    return Downscale(source=write(folder / "a.tif", pixels, nodata=0, **how), factor=11)


@CASES
def larger_than_a_tile(folder: Path) -> Downscale:
    pixels = with_holes("large", integers("large", "int16", (1063, 75)), 0, share=0.01)
    return Downscale(source=write(folder / "a.tif", pixels, nodata=0), factor=2)


@CASES
def block_never_written(folder: Path) -> Downscale:
    pixels = integers("sparse", "int16", SHAPE)
    return Downscale(source=write_sparse(folder / "a.tif", pixels, 32, nodata=-10000), factor=5)


@CASES
def no_georeference(folder: Path) -> Downscale:
    source = write(folder / "a.tif", integers("nowhere", "int16", SHAPE), crs=None, transform=IDENTITY)
    return Downscale(source=source, factor=6)


@CASES
def no_crs(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("no crs", "int16", SHAPE), crs=None), factor=3)


@CASES
def crs_without_a_code(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("custom", "int16", SHAPE), crs=CUSTOM_CRS), factor=5)


@CASES
def south_up(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("south", "int16", SHAPE), transform=SOUTH_UP), factor=6)


@CASES
def rotated(folder: Path) -> Downscale:
    return Downscale(source=write(folder / "a.tif", integers("rotated", "int16", SHAPE), transform=ROTATED), factor=6)


@CASES
def pixel_is_point(folder: Path) -> Downscale:
    source = write(folder / "a.tif", integers("point", "int16", SHAPE), tags={"AREA_OR_POINT": "Point"})
    return Downscale(source=source, factor=5)


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
