"""Awkward pairs of bands for NDVI."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from awkward import Cases
from rasterbout.operations.ndvi import Ndvi
from rasterbout.raster import Band
from rasters import (
    CUSTOM_CRS,
    DEGREES,
    IDENTITY,
    ROTATED,
    SOUTH_UP,
    UTM_IN_OTHER_WORDS,
    Pixels,
    floats,
    integers,
    rng,
    with_holes,
    write,
    write_sparse,
    write_with_any_nodata,
)

CASES = Cases()
SHAPE = (77, 131)  # rows, columns: primes to every block, chunk and factor


def pair(folder: Path, red: Pixels, nir: Pixels, *, nir_how: dict[str, Any] | None = None, **how: Any) -> Ndvi:
    """NDVI of two files; ``nir_how`` holds what differs for the second."""
    return Ndvi(
        red=Band(raster=write(folder / "red.tif", red, **how)),
        nir=Band(raster=write(folder / "nir.tif", nir, **(how | (nir_how or {})))),
    )


def reflectances(name: str, shape: tuple[int, int] = SHAPE) -> tuple[Pixels, Pixels]:
    """Red and near infrared as a satellite sees vegetation, int16."""
    return integers(name + " red", "int16", shape, 100, 3000), integers(name + " nir", "int16", shape, 1000, 6000)


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
    nir[::7, ::5] = -10000  # a value like any other where none is declared
    return pair(folder, with_holes("a", red, -10000), nir, nodata=-10000, nir_how={"nodata": None})


@CASES
def nodata_in_nir_alone(folder: Path) -> Ndvi:
    red, nir = reflectances("nir alone")
    return pair(folder, red, with_holes("b", nir, 32767), nir_how={"nodata": 32767})


@CASES
def nodata_differs(folder: Path) -> Ndvi:
    red, nir = reflectances("differs")
    red, nir = with_holes("a", red, -10000), with_holes("b", nir, 0)
    red[::9, ::4], nir[::8, ::6] = 0, -10000  # each other's nodata value is a value
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
def uint8_and_int16(folder: Path) -> Ndvi:
    return pair(folder, integers("mixed red", "uint8", SHAPE), integers("mixed nir", "int16", SHAPE, -300, 900))


@CASES
def uint16_and_float32(folder: Path) -> Ndvi:
    nir = with_holes("mixed", floats("mixed nir", SHAPE, 0, 9000), np.nan)
    return pair(folder, integers("mixed red", "uint16", SHAPE), nir)


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
    """Pixels count as they are stored."""
    operation = pair(folder, *reflectances("scaled"))
    for raster in operation.inputs:
        with rasterio.open(raster.path, "r+") as target:
            target.scales, target.offsets = (0.0001,), (-0.1,)
    return operation


@CASES
def int32(folder: Path) -> Ndvi:
    """Sums beyond what float32 tells apart, and beyond int32."""
    return pair(folder, integers("i32 red", "int32", SHAPE, 2**30), integers("i32 nir", "int32", SHAPE, 2**30))


@CASES
def uint32(folder: Path) -> Ndvi:
    red, nir = (integers(name, "uint32", SHAPE, 2**31, 2**31 + 9000) for name in ("u32 red", "u32 nir"))
    return pair(folder, red, nir, nodata=2**31 + 1)


@CASES
def float64(folder: Path) -> Ndvi:
    red, nir = (rng(name).uniform(0.5, 0.5 + 1e-9, SHAPE) for name in ("f64 red", "f64 nir"))
    return pair(folder, with_holes("f64", red, -0.1), -nir, nodata=-0.1)


@CASES
def crs_in_other_words(folder: Path) -> Ndvi:
    """The same CRS as elsewhere, spelled without codes, as some software writes it."""
    return pair(folder, *reflectances("words"), crs=UTM_IN_OTHER_WORDS)
