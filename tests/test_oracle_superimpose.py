"""The truth of superimpose: by hand, by other formulas, and by GDAL."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling as GdalResampling
from rasterio.warp import reproject
from scipy.ndimage import map_coordinates

from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.oracle import Expected, oracle_for
from rasterbout.testing.rasters import UTM, Pixels, floats, integers, rng, with_patch, write
from rasterbout.window import Window, cut

NAN = np.nan
METRES = Affine(1, 0, 1000, 0, -1, 2000)
RAMP = np.tile(np.arange(8, dtype="float32"), (8, 1))


def onto(ratio: float, start: tuple[float, float], size: tuple[int, int]) -> Grid:
    """A grid ``ratio`` times finer than metres, ``start`` columns and rows of metres from their origin."""
    transform = Affine(1 / ratio, 0, 1000 + start[0], 0, -1 / ratio, 2000 - start[1])
    return Grid(crs=UTM, transform=transform, width=size[0], height=size[1])


def superimpose(folder: Path, pixels: Pixels, grid: Grid, resampling: str, **how: object) -> Superimpose:
    moving = write(folder / "a.tif", pixels, transform=METRES, **how)
    return Superimpose(moving=moving, onto=grid, resampling=Resampling(resampling))


def expected(operation: Superimpose) -> Expected:
    with oracle_for(operation) as oracle:
        return oracle.expected(Window(0, 0, *operation.grid.shape))


def at(folder: Path, pixels: Pixels, column: float, row: float, resampling: str, **how: object) -> tuple[float, bool]:
    """The value at a point, and whether it is well defined; (0.5, 0.5) is the centre of the first pixel."""
    grid = onto(1000, (column - 0.0005, row - 0.0005), (1, 1))
    got = expected(superimpose(folder, pixels, grid, resampling, **how))
    return got.values.item(), got.defined.item()


def test_nearest_takes_the_pixel_around(tmp_path: Path) -> None:
    pixels = np.arange(64, dtype="int16").reshape(8, 8)
    assert at(tmp_path, pixels, 3.01, 4.99, "nearest") == (35, True)
    assert at(tmp_path, pixels, 3.99, 5.01, "nearest") == (43, True)


def test_nearest_on_a_border_is_not_compared(tmp_path: Path) -> None:
    assert not at(tmp_path, RAMP, 4.0, 3.3, "nearest")[1]
    assert not at(tmp_path, RAMP, 3.3, 4.0, "nearest")[1]
    assert at(tmp_path, RAMP, 3.9999, 3.3, "nearest") == (3, True)


def test_bilinear_by_hand(tmp_path: Path) -> None:
    pixels = np.zeros((8, 8), "int16")
    pixels[3:5, 3:5] = [[10, 20], [30, 60]]
    value, defined = at(tmp_path, pixels, 3.75, 4.0, "bilinear")  # a quarter of the way right, half way down
    assert value == pytest.approx(0.75 * 0.5 * 10 + 0.25 * 0.5 * 20 + 0.75 * 0.5 * 30 + 0.25 * 0.5 * 60)
    assert defined


def test_cubic_by_hand(tmp_path: Path) -> None:
    """Half way, the weights of Catmull-Rom are -1/16, 9/16, 9/16, -1/16."""
    pixels = np.zeros((9, 9), "int16")
    pixels[3, 2:6] = [16, 32, 48, 160]
    value, defined = at(tmp_path, pixels, 4.0, 3.5, "cubic")
    assert value == pytest.approx(-1 + 18 + 27 - 10)
    assert defined


def test_cubic_at_a_quarter(tmp_path: Path) -> None:
    """A quarter of the way, the weights are -9/128, 111/128, 29/128, -3/128."""
    pixels = np.zeros((9, 9), "int16")
    pixels[4, 2:6] = [128, 256, 384, 512]
    value, _ = at(tmp_path, pixels, 3.75, 4.5, "cubic")
    assert value == pytest.approx(-9 + 2 * 111 + 3 * 29 - 4 * 3)


@pytest.mark.parametrize("resampling", ["bilinear", "cubic"])
def test_a_ramp_stays_a_ramp(tmp_path: Path, resampling: str) -> None:
    """Both reproduce polynomials of the first degree."""
    got = expected(superimpose(tmp_path, RAMP, onto(7, (3.1, 3.1), (12, 9)), resampling))
    centres = 3.1 + (np.arange(12) + 0.5) / 7 - 0.5
    np.testing.assert_allclose(got.values[0], np.tile(centres, (9, 1)), rtol=1e-12)


def test_cubic_keeps_parabolas(tmp_path: Path) -> None:
    """Catmull-Rom reproduces polynomials of the second degree; other cubic kernels do not."""
    columns = np.tile(np.arange(12, dtype="float32") ** 2, (12, 1))
    got = expected(superimpose(tmp_path, columns, onto(5, (4, 4), (15, 4)), "cubic"))
    centres = 4 + (np.arange(15) + 0.5) / 5 - 0.5
    np.testing.assert_allclose(got.values[0, 0], centres**2, rtol=1e-12)


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic"])
def test_the_same_grid_gives_the_same_pixels(tmp_path: Path, resampling: str) -> None:
    pixels = integers("same", "int16", (9, 11))
    got = expected(superimpose(tmp_path, pixels, onto(1, (0, 0), (11, 9)), resampling))
    np.testing.assert_array_equal(got.values[got.defined], pixels[None][got.defined])


def test_bilinear_as_scipy(tmp_path: Path) -> None:
    pixels = floats("scipy", (14, 15))
    got = expected(superimpose(tmp_path, pixels, onto(2.3, (2.2, 3.1), (20, 15)), "bilinear"))
    rows = 3.1 + (np.arange(15) + 0.5) / 2.3 - 0.5
    columns = 2.2 + (np.arange(20) + 0.5) / 2.3 - 0.5
    wanted = map_coordinates(pixels.astype(np.float64), np.meshgrid(rows, columns, indexing="ij"), order=1)
    assert got.defined.all()
    np.testing.assert_allclose(got.values[0], wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic"])
def test_well_defined_inside_a_margin(tmp_path: Path, resampling: str) -> None:
    """Half the footprint and one more pixel: 1, 1.5 or 2.5 pixels from the edge to the centre."""
    got = expected(superimpose(tmp_path, floats("margin", (9, 9)), onto(8, (0, 0), (72, 72)), resampling))
    centres = (np.arange(72) + 0.5) / 8
    margin = {"nearest": 1.0, "bilinear": 1.5, "cubic": 2.5}[resampling]
    inside = (centres > margin) & (centres < 9 - margin)
    np.testing.assert_array_equal(got.defined[0], inside[:, None] & inside[None, :])


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic"])
def test_outside_is_nan_and_compared(tmp_path: Path, resampling: str) -> None:
    got = expected(superimpose(tmp_path, floats("out", (6, 6)), onto(4, (-5, -5), (64, 64)), resampling))
    centres = -5 + (np.arange(64) + 0.5) / 4
    reach = {"nearest": 0.0, "bilinear": 0.5, "cubic": 1.5}[resampling]
    outside = (centres < -reach) | (centres > 6 + reach)
    empty = outside[:, None] | outside[None, :]
    assert np.isnan(got.values[0][empty]).all()
    assert got.defined[0][empty].all()
    np.testing.assert_array_equal(np.isnan(got.values[0]) & got.defined[0], empty)


def test_a_grid_far_away_is_all_nan(tmp_path: Path) -> None:
    got = expected(superimpose(tmp_path, RAMP, onto(2, (1e6, -1e6), (5, 4)), "cubic"))
    assert np.isnan(got.values).all()
    assert got.defined.all()


def test_one_hole_is_left_out_with_its_surroundings(tmp_path: Path) -> None:
    """A lone hole is never a whole footprint of 2 x 2: nothing around it is compared, nothing is NaN."""
    pixels = np.ones((11, 11), "int16")
    pixels[5, 5] = -9
    got = expected(superimpose(tmp_path, pixels, onto(4, (0, 0), (44, 44)), "bilinear", nodata=-9))
    centres = (np.arange(44) + 0.5) / 4
    near = (centres > 3.5) & (centres < 7.5)
    inside = (centres > 1.5) & (centres < 9.5)
    wanted = (inside[:, None] & inside[None, :]) & ~(near[:, None] & near[None, :])
    np.testing.assert_array_equal(got.defined[0], wanted)
    assert (got.values[got.defined] == 1).all()


@pytest.mark.parametrize(("resampling", "reach"), [("nearest", 0), ("bilinear", 0.5), ("cubic", 1.5)])
def test_inside_a_large_hole_is_nan(tmp_path: Path, resampling: str, reach: float) -> None:
    pixels = np.ones((14, 14), "float32")
    pixels[4:10, 4:10] = NAN
    got = expected(superimpose(tmp_path, pixels, onto(4, (0, 0), (56, 56)), resampling))
    centres = (np.arange(56) + 0.5) / 4
    deep = (centres > 4 + reach) & (centres < 10 - reach)
    wanted = deep[:, None] & deep[None, :]
    np.testing.assert_array_equal(np.isnan(got.values[0]) & got.defined[0], wanted)


def test_bands_have_holes_of_their_own(tmp_path: Path) -> None:
    stack = np.ones((2, 12, 12), "int16")
    stack[1, 2:10, 2:10] = -9
    got = expected(superimpose(tmp_path, stack, onto(1, (0.1, 0.1), (12, 12)), "bilinear", nodata=-9))
    assert got.values[0, 5, 5] == 1
    assert np.isnan(got.values[1, 5, 5])
    assert got.defined[:, 5, 5].all()


def test_rows_may_run_the_other_way(tmp_path: Path) -> None:
    pixels = integers("flip", "int16", (9, 7))
    grid = Grid(crs=UTM, transform=Affine(1, 0, 1000, 0, 1, 1991), width=7, height=9)
    got = expected(superimpose(tmp_path, pixels, grid, "cubic"))
    assert got.defined.any()
    np.testing.assert_array_equal(got.values[got.defined], pixels[None, ::-1][got.defined])


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic"])
def test_pieces_are_parts_of_the_whole(tmp_path: Path, resampling: str) -> None:
    pixels = with_patch(floats("pieces", (21, 17), -1, 1), NAN)
    operation = superimpose(tmp_path, pixels, onto(2.7, (-3.3, -2.1), (60, 66)), resampling)
    whole = expected(operation)
    with oracle_for(operation) as oracle:
        for window in cut(operation.grid.shape, (13, 7)):
            part = oracle.expected(window)
            np.testing.assert_array_equal(part.defined, whole.defined[:, *window.slices])
            np.testing.assert_allclose(part.values, whole.values[:, *window.slices], rtol=1e-12)
            np.testing.assert_allclose(part.scale, whole.scale[:, *window.slices])


def gdal(operation: Superimpose) -> NDArray[np.float64]:
    """The same by GDAL's warp: exact transformer, float64."""
    grid = operation.onto
    out = np.full((operation.count, *grid.shape), NAN)
    with rasterio.open(operation.moving.path) as file:
        source = file.read().astype(np.float64)
    if operation.moving.nodata is not None:
        source[source == operation.moving.nodata] = NAN
    reproject(
        source, out, src_transform=operation.moving.grid.transform, dst_transform=grid.transform,
        src_crs=UTM, dst_crs=UTM, src_nodata=NAN, dst_nodata=NAN, tolerance=0, num_threads=1,
        resampling=GdalResampling[operation.resampling.value], UNIFIED_SRC_NODATA="NO",
    )  # fmt: skip
    return out


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic"])
@pytest.mark.parametrize("seed", range(8))
def test_gdal_agrees_where_it_is_well_defined(tmp_path: Path, resampling: str, seed: int) -> None:
    numbers = rng(f"gdal {seed}")
    ratio, start = numbers.uniform(1, 5), tuple(numbers.uniform(-6, 6, 2))
    pixels = with_patch(floats(f"gdal {seed}", (30, 40), -1, 1), NAN)
    operation = superimpose(tmp_path, pixels, onto(ratio, start, (90, 80)), resampling)
    wanted, got = gdal(operation), expected(operation)
    assert got.defined.sum() > 500
    np.testing.assert_array_equal(np.isnan(got.values)[got.defined], np.isnan(wanted)[got.defined])
    error = np.abs(got.values - wanted)[got.defined] / got.scale[got.defined]
    assert np.nanmax(error) < 1e-6
