"""Grids: coarsening, alignment and CRS, against coordinates of points."""

import math

import pytest
from affine import Affine
from pyproj import CRS

from rasterbout.grid import Grid
from rasterbout.testing.rasters import CUSTOM_CRS, DEGREES, NORTH_UP, ROTATED, SOUTH_UP, UTM, rng

TRANSFORMS = {"north-up": NORTH_UP, "south-up": SOUTH_UP, "rotated": ROTATED, "degrees": DEGREES}


def grid(transform: Affine = NORTH_UP, crs: str | None = UTM, width: int = 50, height: int = 40) -> Grid:
    return Grid(crs=crs, transform=transform, width=width, height=height)


def point(transform: Affine, column: float, row: float) -> tuple[float, float]:
    t = transform
    return t.a * column + t.b * row + t.c, t.d * column + t.e * row + t.f


def moved(transform: Affine, columns: float, rows: float) -> Affine:
    x, y = point(transform, columns, rows)
    t = transform
    return Affine(t.a, t.b, x, t.d, t.e, y)


def test_shape_is_rows_and_columns() -> None:
    assert grid(width=7, height=3).shape == (3, 7)


@pytest.mark.parametrize("name", list(TRANSFORMS))
@pytest.mark.parametrize("factor", [1, 2, 3, 7, 10, 40])
def test_coarsen_keeps_every_corner(name: str, factor: int) -> None:
    fine = grid(TRANSFORMS[name])
    coarse = fine.coarsen(factor)
    assert coarse.shape == (40 // factor, 50 // factor)
    assert coarse.crs == fine.crs
    for row in range(coarse.height + 1):
        for column in range(coarse.width + 1):
            there = point(coarse.transform, column, row)
            assert there == pytest.approx(point(fine.transform, column * factor, row * factor), rel=1e-14)
    assert (coarse.transform.c, coarse.transform.f) == (fine.transform.c, fine.transform.f)


def test_coarsen_twice_is_coarsen_by_the_product() -> None:
    assert grid().coarsen(2).coarsen(5).aligned_with(grid().coarsen(10), tolerance_px=1e-12)


def test_coarsen_literally() -> None:
    coarse = grid(Affine(10, 0, 100, 0, -20, 200), width=11, height=7).coarsen(3)
    assert coarse.transform == Affine(30, 0, 100, 0, -60, 200)
    assert (coarse.width, coarse.height) == (3, 2)


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_aligned_with_itself(name: str) -> None:
    assert grid(TRANSFORMS[name]).aligned_with(grid(TRANSFORMS[name]), tolerance_px=1e-9)


@pytest.mark.parametrize("name", list(TRANSFORMS))
@pytest.mark.parametrize("seed", range(20))
def test_a_shift_counts_in_pixels(name: str, seed: int) -> None:
    transform = TRANSFORMS[name]
    angle, length = rng(f"shift {seed}").uniform((0, 0.01), (2 * math.pi, 1))
    columns, rows = length * math.cos(angle), length * math.sin(angle)
    other = grid(moved(transform, columns, rows))
    largest = max(abs(columns), abs(rows))
    assert grid(transform).aligned_with(other, tolerance_px=largest * 1.001)
    assert not grid(transform).aligned_with(other, tolerance_px=largest * 0.999)


def test_the_far_corner_counts() -> None:
    """Pixels larger by a millionth part: nothing at the origin, much at the far end of a large raster."""
    larger = Affine(10.00001, 0, NORTH_UP.c, 0, -10.00001, NORTH_UP.f)
    assert grid(width=10, height=10).aligned_with(grid(larger, width=10, height=10))
    assert not grid(width=10980, height=10).aligned_with(grid(larger, width=10980, height=10))
    assert not grid(width=10, height=10980).aligned_with(grid(larger, width=10, height=10980))


def test_not_aligned() -> None:
    assert not grid().aligned_with(grid(width=51))
    assert not grid().aligned_with(grid(height=39))
    assert not grid().aligned_with(grid(crs=None))
    assert not grid().aligned_with(grid(crs="EPSG:32632"))
    assert not grid(NORTH_UP).aligned_with(grid(ROTATED))
    assert not grid(NORTH_UP).aligned_with(grid(Affine(10, 0, NORTH_UP.c, 0, 10, NORTH_UP.f)))


def test_alignment_is_symmetric() -> None:
    other = grid(moved(NORTH_UP, 0.0009, 0))
    assert grid().aligned_with(other)
    assert other.aligned_with(grid())


@pytest.mark.parametrize(
    "spelling", ["EPSG:32631", CRS(32631).to_wkt(), CRS(32631).to_wkt("WKT1_GDAL"), "+proj=utm +zone=31 +datum=WGS84"]
)
def test_one_crs_has_many_spellings(spelling: str) -> None:
    assert grid(crs="EPSG:32631").same_crs(grid(crs=spelling))
    assert grid(crs=spelling).same_crs(grid(crs="EPSG:32631"))
    assert not grid(crs="EPSG:32632").same_crs(grid(crs=spelling))


def test_a_crs_without_a_code_is_itself() -> None:
    wkt = CRS(CUSTOM_CRS).to_wkt()
    assert grid(crs=wkt).same_crs(grid(crs=CRS(CUSTOM_CRS).to_wkt("WKT1_GDAL")))
    assert not grid(crs=wkt).same_crs(grid(crs=CRS(CUSTOM_CRS.replace("43.3", "43.4")).to_wkt()))


def test_axis_order_makes_no_other_crs() -> None:
    """GDAL's rasters have longitude first, whatever EPSG says."""
    assert grid(crs="EPSG:4326").same_crs(grid(crs="OGC:CRS84"))


def test_no_crs_is_the_same_as_no_crs_alone() -> None:
    assert grid(crs=None).same_crs(grid(crs=None))
    assert not grid(crs=None).same_crs(grid())
    assert not grid().same_crs(grid(crs=None))


def test_a_crs_that_says_nothing_known_is_itself() -> None:
    """Some files name a plane without any tie to the earth."""
    local = 'LOCAL_CS["local",UNIT["metre",1]]'
    assert grid(crs=local).same_crs(grid(crs=local))
    assert not grid(crs=local).same_crs(grid())


def test_axis_aligned() -> None:
    assert grid(NORTH_UP).is_axis_aligned
    assert grid(SOUTH_UP).is_axis_aligned
    assert not grid(ROTATED).is_axis_aligned
    assert not grid(Affine(10, 0.1, 0, 0, -10, 0)).is_axis_aligned


def test_describe_is_one_line() -> None:
    text = grid(DEGREES, crs=CRS(CUSTOM_CRS).to_wkt(pretty=True)).describe()
    assert "\n" not in text
    assert "50 x 40" in text
    assert "no CRS" in grid(crs=None).describe()


@pytest.mark.parametrize(
    "other",
    [grid(ROTATED), grid(Affine(10, 0, NORTH_UP.c, 0, 10, NORTH_UP.f)), grid(moved(NORTH_UP, 0.01, 0))],
    ids=["rotated", "other-way-up", "a-hundredth-of-a-pixel"],
)
def test_grids_that_differ_are_described_differently(other: Grid) -> None:
    """A message that says "this grid instead of that" must not show the same twice."""
    straight = Affine(other.transform.a, 0, other.transform.c, 0, other.transform.e, other.transform.f)
    assert grid().describe() != other.describe()
    if straight != other.transform:
        assert grid(straight).describe() != other.describe()
