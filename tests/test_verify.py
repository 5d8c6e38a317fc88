"""How many pixels of a result are compared."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band
from rasterbout.testing.rasters import integers, write
from rasterbout.verify import verify
from right_results import RightResult


def test_nothing_to_compare_is_no_pass(tmp_path: Path) -> None:
    """A raster too small for any cubic footprint proves nothing."""
    moving = write(tmp_path / "a.tif", integers("tiny", "int16", (3, 3)))
    operation = Superimpose(moving=moving, onto=moving.grid, resampling=Resampling.CUBIC)
    right = RightResult(operation, np.zeros((1, 3, 3), "float32"), np.zeros((1, 3, 3), dtype=bool))
    verdict = verify(operation, right.write(tmp_path / "out.tif"))
    assert not verdict.right
    assert verdict.pixels_compared == 0
    assert "nothing to compare" in verdict.problem


@pytest.mark.parametrize("place", [(0, 0), (1023, 1023), (1023, 1024), (1024, 1023), (1029, 2), (1029, 2069)], ids=str)
def test_large_results_are_compared_to_the_last_pixel(tmp_path: Path, place: tuple[int, int]) -> None:
    """More rows and columns than the oracle computes at once."""
    red = integers("large", "int16", (1030, 2070), 1, 5000)
    source = write(tmp_path / "a.tif", np.stack([red, red[::-1]]))
    operation = Ndvi(red=Band(raster=source, index=1), nir=Band(raster=source, index=2))
    values = (red[::-1].astype(np.float64) - red) / (red[::-1].astype(np.float64) + red)
    right = RightResult(operation, values[None].astype(np.float32), np.ones((1, *red.shape), dtype=bool))
    verdict = verify(operation, right.write(tmp_path / "right.tif"))
    assert verdict.right
    assert verdict.pixels_compared == red.size
    spoilt = right.pixels.copy()
    spoilt[0, *place] += 1e-5
    verdict = verify(operation, right.write(tmp_path / "wrong.tif", spoilt))
    assert verdict.pixels_wrong == 1
    assert f"band 1, row {place[0]}, column {place[1]}:" in verdict.problem


def scaled(target: rasterio.io.DatasetWriter) -> None:
    target.scales = (0.0001,)


def shifted(target: rasterio.io.DatasetWriter) -> None:
    target.offsets = (-1000.0,)


def masked(target: rasterio.io.DatasetWriter) -> None:
    target.write_mask(np.zeros(target.shape, bool))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (scaled, "band 1 has the scale 0.0001 and the offset 0 instead of 1 and 0"),
        (shifted, "band 1 has the scale 1 and the offset -1000 instead of 1 and 0"),
        (masked, "band 1 has a mask (per_dataset) beside its nodata"),
    ],
)
def test_what_changes_the_meaning_of_right_pixels_is_a_problem(tmp_path: Path, change: Any, problem: str) -> None:
    """A reader who follows the tags sees other values than the oracle's."""
    red, nir = (Band(raster=write(tmp_path / f"{name}.tif", integers(name, "int16", (9, 9), 1, 9))) for name in "ab")
    operation = Ndvi(red=red, nir=nir)
    with rasterio.open(red.raster.path) as one, rasterio.open(nir.raster.path) as other:
        low, high = one.read(1).astype("float64"), other.read(1).astype("float64")
    right = RightResult(operation, ((high - low) / (high + low)).astype("float32")[None], np.zeros((1, 9, 9), bool))
    path = right.write(tmp_path / "out.tif")
    assert verify(operation, path).right
    with rasterio.open(path, "r+") as target:
        change(target)
    assert verify(operation, path).problem == problem
