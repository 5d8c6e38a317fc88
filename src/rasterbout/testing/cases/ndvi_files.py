"""Pairs of bands in awkward files, for NDVI: bands, shapes, blocks and georeference."""

from pathlib import Path

import numpy as np
import rasterio

from rasterbout.operations.ndvi import Ndvi
from rasterbout.raster import Band
from rasterbout.testing.case import Cases
from rasterbout.testing.cases.pairs import pair, reflectances
from rasterbout.testing.rasters import (
    CUSTOM_CRS,
    DEGREES,
    IDENTITY,
    ROTATED,
    SOUTH_UP,
    UTM_IN_OTHER_WORDS,
    with_holes,
    write,
    write_sparse,
)

CASES = Cases(Ndvi.name)


@CASES
def bands_3_and_4_of_one_file(folder: Path) -> Ndvi:
    stack = np.stack([with_holes(f"band {band}", reflectances(f"{band}")[band % 2], 0) for band in range(5)])
    source = write(folder / "stack.tif", stack, nodata=0, tiled=True, blockxsize=32, blockysize=48, compress="deflate")
    return Ndvi(red=Band(raster=source, index=3), nir=Band(raster=source, index=4))


@CASES
def bands_of_one_file_by_pixel(folder: Path) -> Ndvi:
    stack = np.stack([*reflectances("i"), *reflectances("j")])
    source = write(folder / "stack.tif", stack, interleave="pixel")
    return Ndvi(red=Band(raster=source, index=4), nir=Band(raster=source, index=1))


@CASES
def band_2_of_two_files(folder: Path) -> Ndvi:
    red, nir = (write(folder / f"{name}.tif", np.stack(reflectances(name))) for name in ("one", "two"))
    return Ndvi(red=Band(raster=red, index=2), nir=Band(raster=nir, index=2))


@CASES
def the_same_band_twice(folder: Path) -> Ndvi:
    source = write(folder / "band.tif", with_holes("same", reflectances("same")[0], 0), nodata=0)
    return Ndvi(red=Band(raster=source), nir=Band(raster=source))


@CASES
def one_row(folder: Path) -> Ndvi:
    red, nir = reflectances("row", (1, 97))
    return pair(folder, with_holes("row", red, 0), nir, nodata=0)


@CASES
def one_column(folder: Path) -> Ndvi:
    red, nir = reflectances("column", (97, 1))
    red[5:9] = 0
    return pair(folder, red, nir, nodata=0)


@CASES
def one_pixel(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("pixel", (1, 1)))


@CASES
def smaller_than_a_block(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("small", (5, 7)), tiled=True, blockxsize=256, blockysize=256)


@CASES
def tiles_of_16(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("16"), tiled=True, blockxsize=16, blockysize=16, compress="deflate", predictor=2)


@CASES
def tiles_against_strips(folder: Path) -> Ndvi:
    tiles = {"tiled": True, "blockxsize": 64, "blockysize": 32, "compress": "zstd"}
    return pair(folder, *reflectances("both layouts"), blockysize=7, compress="lzw", nir_how=tiles)


@CASES
def larger_than_a_tile(folder: Path) -> Ndvi:
    red, nir = reflectances("large", (520, 560))
    return pair(folder, with_holes("large", red, 0, share=0.01), nir, nodata=0)


@CASES
def block_never_written(folder: Path) -> Ndvi:
    red, nir = reflectances("sparse")
    return Ndvi(
        red=Band(raster=write_sparse(folder / "red.tif", red, 32, nodata=-10000)),
        nir=Band(raster=write_sparse(folder / "nir.tif", nir, 32)),
    )


@CASES
def big_endian(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("endian"), endianness="BIG")


@CASES
def no_georeference(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("nowhere"), crs=None, transform=IDENTITY)


@CASES
def no_crs(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("no crs"), crs=None)


@CASES
def crs_without_a_code(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("custom"), crs=CUSTOM_CRS)


@CASES
def degrees(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("degrees"), crs="EPSG:4326", transform=DEGREES)


@CASES
def south_up(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("south"), transform=SOUTH_UP)


@CASES
def rotated(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("rotated"), transform=ROTATED)


@CASES
def pixel_is_point(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("point"), tags={"AREA_OR_POINT": "Point"})


@CASES
def scale_and_offset_are_declared(folder: Path) -> Ndvi:
    """Stored numbers are used; scale and offset are not applied."""
    operation = pair(folder, *reflectances("scaled"))
    for raster in operation.inputs:
        with rasterio.open(raster.path, "r+") as target:
            target.scales, target.offsets = (0.0001,), (-0.1,)
    return operation


@CASES
def crs_in_other_words(folder: Path) -> Ndvi:
    """The usual CRS, spelled without EPSG codes, as some software writes it."""
    return pair(folder, *reflectances("words"), crs=UTM_IN_OTHER_WORDS)
