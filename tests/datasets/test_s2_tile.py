"""The generated tile: the same bytes each time, all the awkward pixels, and a landscape around them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.typing import NDArray

from rasterbout.contract import BLOCKS, COMPRESSIONS, Layout
from rasterbout.datasets import load, s2_tile
from rasterbout.datasets._landscape.landscape import BANDS, Landscape
from rasterbout.datasets._landscape.tile_pixels import TilePixels
from rasterbout.errors import BadInput
from rasterbout.header import read_header
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.window import Window

NODATA = -10000
FINE = ("B2", "B3", "B4", "B8")

Tile = Mapping[str, NDArray[np.int16]]


def sums(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def written(folder: Path, size: int, *, layout: Layout | None = None, seed: int = 1, threads: int = 1) -> Path:
    folder.mkdir()
    s2_tile.write(folder, size_px=size, layout=layout or Layout(), seed=seed, threads=threads)
    return folder


@pytest.fixture(scope="module")
def tile() -> Tile:
    return TilePixels(2048, s2_tile.SEED).rows(0, 2048)


def test_same_bytes_each_time_and_with_any_number_of_threads(tmp_path: Path) -> None:
    size = 2 * s2_tile.ROWS + 101  # three bands of rows, the last of odd height
    alone = sums(written(tmp_path / "alone", size, threads=1))
    assert set(alone) == {"B2.tif", "B3.tif", "B4.tif", "B8.tif", "B11.tif"}
    assert len(set(alone.values())) == 5
    assert sums(written(tmp_path / "together", size, threads=2)) == alone


def test_another_seed_gives_other_pixels() -> None:
    one, other = (TilePixels(64, seed).rows(0, 64) for seed in (1, 2))
    assert all(np.mean(one[band] == other[band]) < 0.3 for band in BANDS)


def test_pixels_are_those_of_this_version() -> None:
    """Where this fails after a change of the landscape, raise `s2_tile.VERSION` as well: caches hold the old one."""
    assert s2_tile.VERSION == 1
    pixels = b"".join(band.tobytes() for band in TilePixels(128, 31).rows(0, 128).values())
    assert hashlib.sha256(pixels).hexdigest() == "b8b49772ce476099849bc0a375b6d12b0798f36886feed1e5c03eb42ebc582d1"


def test_pieces_of_rows_join_without_a_seam(tile: Tile) -> None:
    pieces = TilePixels(2048, s2_tile.SEED)
    lower, upper = pieces.rows(1024, 1024), pieces.rows(0, 1024)  # in any order
    for band in BANDS:
        np.testing.assert_array_equal(np.vstack([upper[band], lower[band]]), tile[band])


def test_a_window_is_the_same_from_within_another() -> None:
    landscape = Landscape(700, 3, reach_px=512)
    whole = [np.array(band) for band in landscape.render(Window(96, 128, 300, 500))]
    part = [np.array(band) for band in landscape.render(Window(101, 333, 77, 60))]
    for outer, inner in zip(whole, part, strict=True):
        np.testing.assert_array_equal(inner, outer[5:82, 205:265])


@pytest.mark.parametrize("seed", [s2_tile.SEED, 0, 1, 2])
@pytest.mark.parametrize("size", [64, 65, 72, 100, 257])
def test_every_awkward_pixel_is_there(size: int, seed: int) -> None:
    pixels = TilePixels(size, seed).rows(0, size + 1)
    red, nir = pixels["B4"].astype(int), pixels["B8"].astype(int)
    valid = (red != NODATA) & (nir != NODATA)
    assert (valid & (red == 0) & (nir == 0)).any()
    assert (valid & (red + nir == 0) & (red != 0)).any()
    assert (valid & (red + nir < 0)).any()
    assert (valid & (red + nir > np.iinfo(np.int16).max)).any()
    with np.errstate(over="ignore"):
        assert (valid & (pixels["B4"] + pixels["B8"] < 0) & (red + nir > 0)).any()
    assert valid.mean() > 0.8


@pytest.mark.parametrize("seed", [s2_tile.SEED, 0, 1, 2])
@pytest.mark.parametrize("size", [64, 65, 257])
def test_holes_in_all_bands_and_in_each_alone(size: int, seed: int) -> None:
    pixels = TilePixels(size, seed).rows(0, size + 1)
    doubled = pixels["B11"].repeat(2, axis=0).repeat(2, axis=1)[:size, :size]
    empty = {band: pixels[band] == NODATA for band in FINE} | {"B11": doubled == NODATA}
    inside = np.add.outer(0.23 * np.arange(size), np.arange(size)) < 1.1 * size - 7  # away from the swath's edge
    everywhere = np.logical_and.reduce(list(empty.values()))
    assert (everywhere & inside).any()
    for band in BANDS:
        others = np.logical_or.reduce([empty[other] for other in BANDS if other != band])
        assert (empty[band] & ~others & inside).any(), band


@pytest.mark.parametrize("size", [16, 17, 64, 333])
def test_the_swath_ends_in_a_corner(size: int) -> None:
    pixels = TilePixels(size, s2_tile.SEED).rows(0, size + 1)
    for band in BANDS:
        assert pixels[band][-1, -1] == NODATA
        assert (pixels[band][:, : pixels[band].shape[1] // 2] != NODATA).mean() > 0.9


def test_the_swath_ends_elsewhere_in_each_band(tile: Tile) -> None:
    last_row = {band: int((tile[band][-1] == NODATA)[-300:].sum()) for band in FINE}
    assert len(set(last_row.values())) == len(FINE)
    assert max(last_row.values()) - min(last_row.values()) < 10


def correlation(band: NDArray[np.int16], shift: int, axis: int) -> float:
    one = np.take(band, range(band.shape[axis] - shift), axis=axis).ravel().astype(float)
    other = np.take(band, range(shift, band.shape[axis]), axis=axis).ravel().astype(float)
    valid = (one != NODATA) & (other != NODATA)
    return float(np.corrcoef(one[valid], other[valid])[0, 1])


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("band", FINE)
def test_neighbours_look_alike_and_distant_pixels_do_not(band: str, axis: int, tile: Tile) -> None:
    near, middle, far = (correlation(tile[band], shift, axis) for shift in (1, 16, 900))
    assert near > 0.9
    assert 0.2 < middle < near
    assert abs(far) < 0.25


def test_there_is_texture_down_to_the_pixel(tile: Tile) -> None:
    red = tile["B4"][:800, :800].astype(float)
    assert np.median(np.abs(np.diff(red, axis=1))) > 5


def test_land_water_clouds_and_shadows(tile: Tile) -> None:
    valid = np.logical_and.reduce([tile[band] != NODATA for band in FINE])
    blue, green, red, nir = (tile[band][valid].astype(float) for band in FINE)
    cloud = (blue > 4000) & (red > 4000) & (nir > 4000)
    water = ~cloud & (nir < red) & (nir < 600) & (green > nir)
    plants = ~cloud & (nir > 2000) & (nir > 3 * red)
    shadow = ~cloud & (nir > red) & (nir < 900)
    assert 0.05 < cloud.mean() < 0.25
    assert 0.02 < water.mean() < 0.15
    assert 0.2 < plants.mean() < 0.8
    assert 0.01 < shadow.mean() < 0.2
    assert abs(np.median(red[cloud]) / np.median(nir[cloud]) - 1) < 0.1


def test_20_m_pixels_show_the_same_scene(tile: Tile) -> None:
    finer = tile["B4"].astype(float)
    means = (finer[0::2, 0::2] + finer[1::2, 0::2] + finer[0::2, 1::2] + finer[1::2, 1::2]) / 4
    valid = (tile["B11"] != NODATA) & (means > -100) & (means < 10000)
    assert np.corrcoef(means[valid], tile["B11"][valid])[0, 1] > 0.6


@pytest.mark.parametrize("size", [16, 17, 64, 333])
def test_grids(size: int, cache: Path) -> None:
    scene = load("s2-tile", size=size)
    folder = scene.rasters[0].path.parent
    assert scene.size == (size, size)
    for band in BANDS:
        raster = read_header(folder / f"{band}.tif")
        pixel, count = (20, (size + 1) // 2) if band == "B11" else (10, size)
        assert raster.grid.shape == (count, count)
        assert raster.grid.transform == Affine(pixel, 0, 300000, 0, -pixel, 4900020)
        assert (raster.grid.crs, raster.dtype, raster.nodata, raster.count) == ("EPSG:32631", "int16", NODATA, 1)
        assert count * pixel >= size * 10


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("blocks", BLOCKS)
def test_layouts_change_the_file_and_not_the_pixels(blocks: str, compression: str, tmp_path: Path) -> None:
    layout = Layout(blocks=blocks, compression=compression)  # type: ignore[arg-type]
    folder = written(tmp_path / "tile", 1060, layout=layout)  # two bands of rows
    truth = TilePixels(1060, 1).rows(0, 1060)
    for band in BANDS:
        raster = read_header(folder / f"{band}.tif")
        width = 530 if band == "B11" else 1060
        assert raster.block_shape == ((512, 512) if blocks == "tiled" else (32, width))
        assert raster.compression == compression
        with rasterio.open(raster.path) as source:
            np.testing.assert_array_equal(source.read(1), truth[band])


def test_layouts_and_sizes_are_kept_apart(cache: Path) -> None:
    asked = [
        {"size": 64},
        {"size": 80},
        {"size": 64, "layout": Layout(blocks="strips")},
        {"size": 64, "layout": Layout(compression="zstd")},
    ]
    assert len({load("s2-tile", **one).rasters[0].path for one in asked}) == 4  # type: ignore[arg-type]


def test_operations(cache: Path) -> None:
    scene = load("s2-tile", size=64)
    ndvi, downscale, mean_ndvi, superimpose = scene.operations().values()
    assert list(scene.operations()) == ["ndvi", "downscale", "mean_ndvi", "superimpose"]
    assert isinstance(ndvi, Ndvi)
    assert (ndvi.red.raster.path.name, ndvi.nir.raster.path.name) == ("B4.tif", "B8.tif")
    assert isinstance(downscale, Downscale)
    assert (downscale.source.path.name, downscale.factor) == ("B8.tif", 10)
    assert isinstance(mean_ndvi, MeanNdvi)
    assert (mean_ndvi.red, mean_ndvi.nir, mean_ndvi.factor) == (ndvi.red, ndvi.nir, 10)
    assert isinstance(superimpose, Superimpose)
    assert superimpose.moving.path.name == "B11.tif"
    assert superimpose.onto == ndvi.red.raster.grid
    assert superimpose.resampling is Resampling.CUBIC


def test_factor_and_resampling_can_be_chosen(cache: Path) -> None:
    operations = load("s2-tile", size=64).operations(chosen={"factor": 7, "resampling": "nearest"})
    assert operations["downscale"].grid.shape == (9, 9)
    assert operations["mean_ndvi"].grid.shape == (9, 9)
    assert operations["superimpose"].resampling is Resampling.NEAREST  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [15, 0, -64])
def test_too_small(size: int, cache: Path) -> None:
    with pytest.raises(BadInput, match=f"size {size} is too small; choose 16"):
        load("s2-tile", size=size)
    assert not cache.exists()


def test_impossible_factor_names_the_file(cache: Path) -> None:
    with pytest.raises(BadInput, match=r"B8\.tif: factor 65 is impossible"):
        load("s2-tile", size=64).operations(chosen={"factor": 65})
