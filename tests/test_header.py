"""Headers: what a file says of itself, and which files are refused."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from rasterbout.errors import BadInput
from rasterbout.header import read_header
from rasterbout.testing.judging import pixels_of
from rasterbout.testing.rasters import (
    CUSTOM_CRS,
    IDENTITY,
    NORTH_UP,
    ROTATED,
    UTM,
    floats,
    integers,
    write,
    write_sparse,
    write_with_any_nodata,
)

LOWEST = float(np.finfo(np.float32).min)
PIXELS = integers("header", "int16", (37, 41), 1)


def test_everything_a_header_says(tmp_path: Path) -> None:
    stack = np.stack([PIXELS] * 3)
    how = {"tiled": True, "blockxsize": 32, "blockysize": 16, "compress": "deflate"}
    raster = write(tmp_path / "a.tif", stack, nodata=-10000, **how)
    assert raster.path == tmp_path / "a.tif"
    assert raster.count == 3
    assert raster.dtype == "int16"
    assert raster.nodata == -10000
    assert raster.block_shape == (16, 32)
    assert raster.compression == "deflate"
    assert (raster.grid.crs, raster.grid.transform, raster.grid.shape) == (UTM, NORTH_UP, (37, 41))
    assert raster.may_be_invalid


@pytest.mark.parametrize("compression", ["none", "deflate", "lzw", "zstd", "packbits", "lzma", "lerc"])
def test_compression(tmp_path: Path, compression: str) -> None:
    assert write(tmp_path / "a.tif", PIXELS, compress=compression).compression == compression


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
def test_dtype(tmp_path: Path, dtype: str) -> None:
    raster = write(tmp_path / "a.tif", np.ones((4, 5), dtype))
    assert raster.dtype == dtype
    assert raster.may_be_invalid == dtype.startswith("float")


@pytest.mark.parametrize(("rows", "block"), [(1, (1, 41)), (7, (7, 41)), (37, (37, 41)), (64, (37, 41))])
def test_strips(tmp_path: Path, rows: int, block: tuple[int, int]) -> None:
    assert write(tmp_path / "a.tif", PIXELS, blockysize=rows).block_shape == block


@pytest.mark.parametrize(
    ("dtype", "declared", "held"),
    [
        ("uint8", "255", 255), ("uint8", "0", 0), ("uint8", "-9999", None), ("uint8", "256", None),
        ("uint8", "0.5", None), ("uint8", "nan", None), ("int16", "-32768", -32768), ("int16", "32768", None),
        ("int16", "inf", None), ("uint16", "65535", 65535), ("uint16", "-1", None), ("float32", "-9999", -9999),
        ("float32", "nan", np.nan), ("float32", "-9999.1", float(np.float32(-9999.1))), ("float32", "-inf", -np.inf),
        ("float32", "-3.4028234663852886e+38", LOWEST), ("float32", "-3.40282347e+38", LOWEST),
    ],
)  # fmt: skip
def test_nodata_as_pixels_hold_it(tmp_path: Path, dtype: str, declared: str, held: float | None) -> None:
    raster = write_with_any_nodata(tmp_path / "a.tif", np.ones((4, 5), dtype), declared)
    assert raster.nodata == held or (np.isnan(raster.nodata) and np.isnan(held))
    assert raster.may_be_invalid == (dtype == "float32" or held is not None)


def test_crs_by_code_or_by_wkt(tmp_path: Path) -> None:
    assert write(tmp_path / "a.tif", PIXELS, crs="EPSG:4326").grid.crs == "EPSG:4326"
    assert write(tmp_path / "b.tif", PIXELS, crs=None).grid.crs is None
    custom = write(tmp_path / "c.tif", PIXELS, crs=CUSTOM_CRS).grid.crs
    assert custom is not None
    assert not custom.startswith("EPSG")
    assert rasterio.crs.CRS.from_user_input(custom).to_dict()["lat_0"] == 43.3


def test_no_georeference(tmp_path: Path) -> None:
    raster = write(tmp_path / "a.tif", PIXELS, crs=None, transform=IDENTITY)
    assert raster.grid.transform == IDENTITY


def test_rotation(tmp_path: Path) -> None:
    assert write(tmp_path / "a.tif", PIXELS, transform=ROTATED).grid.transform == ROTATED


def test_relative_and_linked_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.tif", PIXELS)
    (tmp_path / "b.tif").symlink_to("a.tif")
    monkeypatch.chdir(tmp_path)
    assert read_header("a.tif").path == tmp_path / "a.tif"
    assert read_header("b.tif").grid == read_header("a.tif").grid


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_header(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_missing(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "gone.tif")


def test_folder(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"II", b"II*\x00", b"II*\x00\x08\x00\x00\x00", b"red,nir\n", bytes(1000)])
def test_no_raster(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tif").write_bytes(content)
    refused(tmp_path / "a.tif")


def test_complex_pixels(tmp_path: Path) -> None:
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=3, height=2, count=1, dtype="complex64", transform=NORTH_UP
    ) as target:
        target.write(np.ones((1, 2, 3), "complex64"))
    assert "complex64" in refused(tmp_path / "a.tif")


def view_of(*bands: str) -> str:
    transform = ", ".join(map(str, NORTH_UP.to_gdal()))
    head = f'<VRTDataset rasterXSize="5" rasterYSize="4"><GeoTransform>{transform}</GeoTransform>'
    return f"{head}{''.join(bands)}</VRTDataset>"


def test_bands_that_differ(tmp_path: Path) -> None:
    band = '<VRTRasterBand dataType="{}" band="{}"><NoDataValue>{}</NoDataValue></VRTRasterBand>'
    (tmp_path / "types.vrt").write_text(view_of(band.format("Byte", 1, 0), band.format("Int16", 2, 0)))
    assert "int16" in refused(tmp_path / "types.vrt")
    (tmp_path / "nodata.vrt").write_text(view_of(band.format("Byte", 1, 0), band.format("Byte", 2, 1)))
    assert "nodata" in refused(tmp_path / "nodata.vrt")


LAYOUTS = {
    "strips": {"blockysize": 5},
    "strips-deflate": {"blockysize": 5, "compress": "deflate"},
    "one-strip": {},
    "tiles": {"tiled": True, "blockxsize": 16, "blockysize": 16},
    "tiles-zstd": {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "zstd"},
    "bigtiff": {"tiled": True, "blockxsize": 16, "blockysize": 16, "bigtiff": "yes"},
}


def check_cut_off(whole: Path, lengths: Iterable[int]) -> None:
    """Whatever the length that is left: refused, or nothing is missing, neither of the header nor of the pixels."""
    content, header, pixels = whole.read_bytes(), read_header(whole), pixels_of(whole)
    cut_off = whole.with_name("cut.tif")
    for length in lengths:
        cut_off.write_bytes(content[:length])
        with suppress(BadInput):
            found = read_header(cut_off)
            message = f"{length} of {len(content)} bytes pass for a whole file"
            assert replace(found, path=whole) == header, message
            np.testing.assert_array_equal(pixels_of(cut_off), pixels, message)


@pytest.mark.parametrize("interleave", ["band", "pixel"])
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_cut_off_anywhere(tmp_path: Path, layout: str, interleave: str) -> None:
    whole = tmp_path / "whole.tif"
    write(whole, np.stack([floats(str(band), (37, 41)) for band in range(3)]), interleave=interleave, **LAYOUTS[layout])
    size = whole.stat().st_size
    check_cut_off(whole, (*range(0, size, size // 37), *range(size - 9, size)))


def add_a_long_tag(file: Any) -> None:
    file.update_tags(NOTE="x" * 500)


def declare_nodata(file: Any) -> None:
    file.nodata = 0  # so short that it stands in the directory itself


@pytest.mark.parametrize("place", [NORTH_UP, None], ids=["north-up", "nowhere"])
@pytest.mark.parametrize("change", [add_a_long_tag, declare_nodata], ids=["long-tag", "short-tag"])
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_cut_off_where_the_directory_comes_last(
    tmp_path: Path, layout: str, change: Callable[[Any], None], place: Affine | None
) -> None:
    """A directory that has grown moves to the end of the file, behind the pixels."""
    whole = tmp_path / "whole.tif"
    write(whole, floats("last", (37, 41)), crs=UTM if place else None, transform=place, **LAYOUTS[layout])
    with rasterio.open(whole, "r+") as file:
        change(file)
    size = whole.stat().st_size
    check_cut_off(whole, range(size - 1500, size, 11))


def test_blocks_never_written_are_no_truncation(tmp_path: Path) -> None:
    assert write_sparse(tmp_path / "a.tif", PIXELS, 16, nodata=-1).block_shape == (16, 16)


def test_overviews_and_masks_are_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", integers("overviews", "uint8", (300, 300)))
    with rasterio.open(tmp_path / "a.tif", "r+") as file:
        file.build_overviews([2, 4])
    assert read_header(tmp_path / "a.tif").grid.shape == (300, 300)


def test_a_stretched_grid_keeps_its_sign(tmp_path: Path) -> None:
    transform = Affine(3, 0, 10, 0, 5, -20)
    assert write(tmp_path / "a.tif", PIXELS, transform=transform).grid.transform == transform
