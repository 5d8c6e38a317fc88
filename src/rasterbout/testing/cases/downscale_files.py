"""Awkward files for window means: bands, shapes, blocks and georeference."""

from pathlib import Path
from typing import Any

import numpy as np

from rasterbout.operations.downscale import Downscale
from rasterbout.testing.case import Cases
from rasterbout.testing.cases.pairs import reflectances
from rasterbout.testing.rasters import (
    CUSTOM_CRS,
    IDENTITY,
    ROTATED,
    SOUTH_UP,
    floats,
    integers,
    with_holes,
    write,
    write_sparse,
)

CASES = Cases(Downscale.name)
SHAPE = (101, 137)  # rows, columns: primes, which no factor divides


@CASES
def three_bands_by_pixel(folder: Path) -> Downscale:
    """Each band has holes of its own."""
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
    how: dict[str, Any] = {"tiled": True, "blockxsize": 16, "blockysize": 32, "compress": "deflate"}
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
