"""The piece of the user's files: same blocks, compression and pixels."""

import numpy as np
import pytest
import rasterio
from affine import Affine

from rasterbout.header import read_header
from rasterbout.race import piece
from rasterbout.race.piece import piece_of
from rasterbout.raster import Band
from rasterbout.scene import Scene


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Cut pieces of 128 pixels."""
    monkeypatch.setattr(piece, "EDGE", 128)


def write(path, size=400, pixel=10.0, **profile):
    """Write a raster with random pixels and return its header."""
    pixels = np.random.default_rng(size).integers(1, 9000, (2, size, size), dtype=np.uint16)
    options = {"driver": "GTiff", "tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"} | profile
    with rasterio.open(
        path, "w", width=size, height=size, count=2, dtype="uint16", nodata=7, crs="EPSG:32631",
        transform=Affine(pixel, 0, 500_000, 0, -pixel, 5_000_000), **options,
    ) as target:  # fmt: skip
        target.write(pixels)
    return read_header(path)


def scene(red, nir):
    return Scene(name="files", inputs={"red": Band(raster=red), "nir": Band(raster=nir, index=2)}, defaults={})


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"compress": "lzw", "predictor": 2, "interleave": "pixel"},
        {"tiled": False, "blockxsize": None, "blockysize": 16},
        {"compress": "zstd", "interleave": "band", "bigtiff": "yes"},
    ],
    ids=["tiles", "predictor", "strips", "zstd"],
)
def test_the_piece_has_the_pixels_blocks_and_compression_of_the_file(tmp_path, profile):
    whole = write(tmp_path / "a.tif", **{key: value for key, value in profile.items() if value is not None})
    cut = piece_of(scene(whole, whole), tmp_path / "piece")
    small = cut.inputs["red"].raster
    assert cut.inputs["nir"].index == 2
    assert small.grid.width * small.grid.height <= 128 * 128
    columns = whole.block_shape[1] if whole.block_shape[1] < 400 else small.grid.width
    assert small.block_shape == (whole.block_shape[0], columns)
    assert (small.compression, small.nodata, small.dtype) == (whole.compression, whole.nodata, whole.dtype)
    with rasterio.open(whole.path) as source, rasterio.open(small.path) as target:
        window = rasterio.windows.from_bounds(*target.bounds, transform=source.transform)
        assert (source.read(window=window) == target.read()).all()
        for name in ("PREDICTOR", "INTERLEAVE", "COMPRESSION"):
            assert source.tags(ns="IMAGE_STRUCTURE").get(name) == target.tags(ns="IMAGE_STRUCTURE").get(name)


def test_pieces_of_rasters_of_other_resolutions_cover_the_same_area(tmp_path):
    fine, coarse = write(tmp_path / "fine.tif"), write(tmp_path / "coarse.tif", size=200, pixel=20.0)
    cut = piece_of(Scene(name="files", inputs={"moving": coarse, "reference": fine}, defaults={}), tmp_path / "piece")
    bounds = [rasterio.open(raster.path).bounds for raster in cut.inputs.values()]
    assert bounds[0] == bounds[1]


def test_small_rasters_are_raced_whole(tmp_path):
    small = write(tmp_path / "small.tif", size=255)
    assert piece_of(scene(small, small), tmp_path / "piece") is None


def test_other_formats_are_raced_whole(tmp_path):
    whole = write(tmp_path / "a.tif")
    with rasterio.open(whole.path) as source:
        rasterio.shutil.copy(source, tmp_path / "a.vrt", driver="VRT")
    virtual = read_header(tmp_path / "a.vrt")
    assert piece_of(scene(virtual, virtual), tmp_path / "piece") is None
