"""How many pixels of a result are compared."""

from pathlib import Path

import numpy as np
import pytest

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
