"""Awkward moving rasters for superimpose, each with every resampling, and every grid with one of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from affine import Affine

from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Raster
from rasterbout.testing.case import Cases
from rasterbout.testing.cases.grids import GRIDS, MakeOnto, beyond
from rasterbout.testing.rasters import (
    CUSTOM_CRS,
    DEGREES,
    IDENTITY,
    NORTH_UP,
    SOUTH_UP,
    UTM_IN_OTHER_WORDS,
    floats,
    integers,
    rng,
    with_patch,
    write,
    write_with_any_nodata,
)

CASES = Cases(Superimpose.name)
SHAPE = (51, 61)  # rows, columns: pieces of 50 leave one row over

MakeMoving = Callable[[Path], Raster]


def uint8(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s u8", "uint8", SHAPE))


def int16(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s i16", "int16", SHAPE))


def int16_holes(folder: Path) -> Raster:
    pixels = with_patch(integers("s i16", "int16", SHAPE, -3000, 3000), -10000)
    return write(folder / "a.tif", pixels, nodata=-10000, compress="deflate")


def uint16_holes_of_0(folder: Path) -> Raster:
    pixels = with_patch(integers("s u16", "uint16", SHAPE, 50000), 0)
    return write(folder / "a.tif", pixels, nodata=0, tiled=True, blockxsize=16, blockysize=16)


def float32_nan(folder: Path) -> Raster:
    return write(folder / "a.tif", with_patch(floats("s f32", SHAPE, -1, 1), np.nan))


def float32_nodata_and_nan(folder: Path) -> Raster:
    pixels = with_patch(floats("s f32", SHAPE, -1, 1), -9999.1)
    pixels[:6, :7] = np.nan
    return write(folder / "a.tif", pixels, nodata=-9999.1)


def float32_nodata_lowest(folder: Path) -> Raster:
    lowest = float(np.finfo(np.float32).min)
    return write(folder / "a.tif", with_patch(floats("s f32", SHAPE, 1, 2), lowest), nodata=lowest)


def nodata_no_uint8_can_hold(folder: Path) -> Raster:
    return write_with_any_nodata(folder / "a.tif", integers("s u8", "uint8", SHAPE), "-9999")


def all_nodata(folder: Path) -> Raster:
    return write(folder / "a.tif", np.zeros(SHAPE, "int16"), nodata=0)


def zeros_are_values(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s 0", "int16", SHAPE, -1, 1), nodata=-10000)


def three_bands(folder: Path) -> Raster:
    """Each band has holes of its own."""
    stack = np.stack([integers(f"s {band}", "int16", SHAPE, 0, 9000) for band in range(3)])
    stack[1] = with_patch(stack[1], -1)
    stack[2, 25:32, 5:20] = -1
    return write(folder / "a.tif", stack, nodata=-1, interleave="pixel")


def four_bands_by_band(folder: Path) -> Raster:
    stack = np.stack([floats(f"s {band}", SHAPE, band, band + 1) for band in range(4)])
    return write(folder / "a.tif", stack, interleave="band")


def no_georeference(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s nowhere", "uint8", SHAPE), crs=None, transform=IDENTITY)


def no_crs(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s no crs", "int16", SHAPE), crs=None)


def crs_without_a_code(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s custom", "int16", SHAPE), crs=CUSTOM_CRS)


def crs_in_other_words(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s words", "int16", SHAPE), crs=UTM_IN_OTHER_WORDS)


def degrees(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s degrees", "int16", SHAPE), crs="EPSG:4326", transform=DEGREES)


def far_from_the_origin(folder: Path) -> Raster:
    """Half a metre at eight digits: rounded coordinates shift pixels."""
    transform = Affine(0.5, 0, 833978.5, 0, -0.5, 9950022.5)
    return write(folder / "a.tif", integers("s far", "int16", SHAPE), transform=transform)


def south_up(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s south", "int16", SHAPE), transform=SOUTH_UP)


def pixel_is_point(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s point", "int16", SHAPE), tags={"AREA_OR_POINT": "Point"})


def rectangular_pixels(folder: Path) -> Raster:
    transform = Affine(30.0, 0, NORTH_UP.c, 0, NORTH_UP.e, NORTH_UP.f)
    return write(folder / "a.tif", integers("s rectangular", "int16", SHAPE), transform=transform)


def one_row(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s row", "int16", (1, 60)))


def one_column(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s column", "int16", (60, 1)))


def int32(folder: Path) -> Raster:
    return write(folder / "a.tif", integers("s i32", "int32", SHAPE))


def float64(folder: Path) -> Raster:
    return write(folder / "a.tif", with_patch(rng("s f64").uniform(-1, 1, SHAPE), -0.1), nodata=-0.1)


MOVING: tuple[MakeMoving, ...] = (
    uint8, int16, int16_holes, uint16_holes_of_0, float32_nan, float32_nodata_and_nan, float32_nodata_lowest,
    nodata_no_uint8_can_hold, all_nodata, zeros_are_values, three_bands, four_bands_by_band, no_georeference, no_crs,
    crs_without_a_code, crs_in_other_words, degrees, far_from_the_origin, south_up, pixel_is_point,
    rectangular_pixels, one_row, one_column, int32, float64,
)  # fmt: skip


def _add(name: str, moving: MakeMoving, onto: MakeOnto, resampling: Resampling) -> None:
    def make(folder: Path) -> Superimpose:
        raster = moving(folder)
        return Superimpose(moving=raster, onto=onto(raster.grid), resampling=resampling)

    CASES.add(f"{resampling}-{name}", make)


for resampling in Resampling:
    for grid_name, onto in GRIDS.items():
        _add(f"onto-{grid_name}", int16, onto, resampling)
    for moving in MOVING:
        _add(moving.__name__.replace("_", "-"), moving, beyond, resampling)
    _add("int16-holes-finer-by-2", int16_holes, GRIDS["finer-by-2"], resampling)
    _add("float32-nan-finer-by-4", float32_nan, GRIDS["finer-by-4"], resampling)
