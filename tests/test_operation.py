"""Operations: what comes out of what, and which combinations are refused."""

import math
from pathlib import Path
from typing import Any

import pytest
from affine import Affine

from rasterbout.errors import BadInput
from rasterbout.grid import Grid
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.registry import BUILT_IN as OPERATIONS
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band, Raster
from rasterbout.testing.rasters import IDENTITY, NORTH_UP, ROTATED, SOUTH_UP, UTM, rng


def raster(name: str = "a.tif", **changes: Any) -> Raster:
    """A handle on a file that need not be there."""
    shape = {"crs": UTM, "transform": NORTH_UP, "width": 50, "height": 40}
    grid = Grid(**(shape | {key: changes.pop(key) for key in list(changes) if key in shape}))
    rest = {
        "count": 1,
        "dtype": "int16",
        "nodata": None,
        "block_shape": (16, 50),
        "compression": "none",
        "driver": "GTiff",
    }
    path = Path("/data") / name
    return Raster(path=path, files=(path,), grid=grid, **(rest | changes))


def band(name: str = "a.tif", index: int = 1, **changes: Any) -> Band:
    return Band(raster=raster(name, **changes), index=index)


def scaled(grid: Grid, columns: float, rows: float) -> Grid:
    """A grid with pixels ``columns`` and ``rows`` times as large."""
    t = grid.transform
    transform = Affine(t.a * columns, 0, t.c, 0, t.e * rows, t.f)
    return Grid(crs=grid.crs, transform=transform, width=10, height=10)


def refusal(make: Any, *words: str) -> str:
    with pytest.raises(BadInput) as caught:
        make()
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message
    return message


def test_names() -> None:
    assert OPERATIONS == ("ndvi", "downscale", "mean_ndvi", "superimpose")
    assert [kind.value for kind in Resampling] == ["nearest", "bilinear", "cubic"]


def test_ndvi() -> None:
    ndvi = Ndvi(red=band("red.tif"), nir=band("nir.tif", index=2, count=4))
    assert ndvi.grid == ndvi.red.raster.grid
    assert ndvi.count == 1
    assert [file.path.name for file in ndvi.inputs] == ["red.tif", "nir.tif"]


def test_inputs_are_counted_once() -> None:
    one = raster("stack.tif", count=4)
    assert Ndvi(red=Band(raster=one, index=3), nir=Band(raster=one, index=4)).inputs == (one,)
    assert MeanNdvi(red=Band(raster=one, index=3), nir=Band(raster=one, index=4), factor=2).inputs == (one,)


@pytest.mark.parametrize("kind", [Ndvi, lambda **bands: MeanNdvi(**bands, factor=2)], ids=["ndvi", "mean-ndvi"])
@pytest.mark.parametrize(
    "changes",
    [
        {"width": 49},
        {"height": 41},
        {"transform": Affine(10, 0, NORTH_UP.c + 10, 0, -10, NORTH_UP.f)},
        {"transform": Affine(10, 0, NORTH_UP.c, 0, -10, NORTH_UP.f + 0.1)},
        {"transform": Affine(20, 0, NORTH_UP.c, 0, -20, NORTH_UP.f)},
        {"transform": SOUTH_UP},
        {"transform": ROTATED},
        {"crs": "EPSG:32632"},
        {"crs": None},
    ],
    ids=str,
)
def test_red_and_nir_on_two_grids(kind: Any, changes: dict[str, Any]) -> None:
    message = refusal(lambda: kind(red=band("red.tif"), nir=band("nir.tif", **changes)), "red.tif", "nir.tif")
    assert ("CRS" in message) or "crs" not in changes


def test_a_rounding_of_coordinates_is_no_other_grid() -> None:
    near = Affine(10, 0, NORTH_UP.c + 1e-4, 0, -10, NORTH_UP.f - 1e-4)
    Ndvi(red=band(), nir=band("b.tif", transform=near))


@pytest.mark.parametrize("index", [0, -1, 5, 100])
def test_no_such_band(index: int) -> None:
    refusal(lambda: band("a.tif", index=index, count=4), "a.tif", str(index), "1 to 4")


def test_no_second_band() -> None:
    refusal(lambda: band("a.tif", index=2), "a.tif", "2", "1 band")


@pytest.mark.parametrize("seed", range(20))
def test_downscale_counts_whole_windows(seed: int) -> None:
    width, height = (int(edge) for edge in rng(f"operation {seed}").integers(1, 200, 2))
    for factor in range(1, min(width, height) + 1):
        source = raster(width=width, height=height, count=3)
        downscale = Downscale(source=source, factor=factor)
        assert downscale.grid.shape == (math.floor(height / factor), math.floor(width / factor))
        assert downscale.grid.width * factor <= width < (downscale.grid.width + 1) * factor
        assert downscale.count == 3
        assert downscale.inputs == (source,)


@pytest.mark.parametrize("factor", [0, -1, -10, 41, 50, 10**9])
def test_impossible_factors(factor: int) -> None:
    refusal(lambda: Downscale(source=raster(), factor=factor), "a.tif", str(factor), "40")
    refusal(lambda: MeanNdvi(red=band(), nir=band(), factor=factor), "a.tif", str(factor), "40")


def test_mean_ndvi() -> None:
    mean = MeanNdvi(red=band(), nir=band("b.tif"), factor=7)
    assert mean.grid == mean.red.raster.grid.coarsen(7)
    assert mean.count == 1


@pytest.mark.parametrize("resampling", list(Resampling))
def test_superimpose(resampling: Resampling) -> None:
    moving = raster(count=4)
    onto = scaled(moving.grid, 0.3, 0.4)
    operation = Superimpose(moving=moving, onto=onto, resampling=resampling)
    assert (operation.grid, operation.count, operation.inputs) == (onto, 4, (moving,))


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (0.5, 1), (1, 0.1), (-1, -1), (1 + 1e-12, 1), (0.5, -0.5)])
def test_not_coarser(columns: float, rows: float) -> None:
    Superimpose(moving=raster(), onto=scaled(raster().grid, columns, rows), resampling=Resampling.CUBIC)


@pytest.mark.parametrize(("columns", "rows"), [(2, 2), (1.001, 1), (1, 1.001), (0.5, 2), (-2, 1), (1, -1.5)])
def test_coarser_is_for_downscale(columns: float, rows: float) -> None:
    onto = scaled(raster().grid, columns, rows)
    refusal(lambda: Superimpose(moving=raster(), onto=onto, resampling=Resampling.NEAREST), "a.tif", "downscale")


def test_superimpose_across_crs() -> None:
    for crs in ("EPSG:32632", None):
        onto = Grid(crs=crs, transform=NORTH_UP, width=5, height=5)
        refusal(lambda onto=onto: Superimpose(moving=raster(), onto=onto, resampling=Resampling.CUBIC), "a.tif", "CRS")


def test_superimpose_rotated() -> None:
    turned = Grid(crs=UTM, transform=ROTATED, width=5, height=5)
    for moving, onto in ((raster(), turned), (raster(transform=ROTATED), raster().grid)):
        refusal(lambda m=moving, o=onto: Superimpose(moving=m, onto=o, resampling=Resampling.CUBIC), "rotated")


def test_superimpose_without_any_crs() -> None:
    moving = raster(crs=None, transform=IDENTITY)
    Superimpose(moving=moving, onto=scaled(moving.grid, 0.5, 0.5), resampling=Resampling.BILINEAR)
