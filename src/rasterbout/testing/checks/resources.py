"""Pixels do not depend on chunks or workers."""

from pathlib import Path

import numpy as np
import pytest

from rasterbout.contract import Backend, Session
from rasterbout.testing.case import Case
from rasterbout.testing.cases import case
from rasterbout.testing.fixtures import ALL_RESOURCES, BackendFixtures
from rasterbout.testing.judging import judge, pixels_of, xfail_on_gap
from rasterbout.testing.made import Made

ROUNDING = 2.0**-22  # two steps of float32, relative to the largest pixel

COMPARED = [
    case("ndvi", "nodata-differs"),
    case("ndvi", "tiles-against-strips"),
    case("ndvi", "one-row"),
    case("downscale", "by-7-float32-nodata-and-nan"),
    case("downscale", "three-bands-by-pixel"),
    case("downscale", "whole-raster"),
    case("mean_ndvi", "float32-nodata-and-nan-by-10"),
    case("mean_ndvi", "tiles-against-strips-by-9"),
    case("superimpose", "nearest-int16-holes"),
    case("superimpose", "bilinear-float32-nodata-and-nan"),
    case("superimpose", "cubic-int16-holes"),
    case("superimpose", "cubic-three-bands"),
    case("superimpose", "cubic-onto-finer-by-4"),
]


class ResourceChecks(BackendFixtures):
    """Compares the results of sessions that were opened with different resources."""

    @pytest.mark.parametrize("case", COMPARED, ids=str)
    def test_resources_change_no_pixel(
        self, backend: Backend, sessions: dict[str, Session], case: Case, made: Made, tmp_path: Path
    ) -> None:
        """Whatever the chunk and the number of workers, pixels are right and differ by rounding alone."""
        operation = made(case)
        xfail_on_gap(backend, operation)
        for name, session in sessions.items():
            judge(session, case, operation, tmp_path / f"{name}.tif")
        first, *others = ALL_RESOURCES
        pixels = pixels_of(tmp_path / f"{first}.tif")
        for other in others:
            got, which = pixels_of(tmp_path / f"{other}.tif"), f"{case.title}: resources '{other}' against '{first}'"
            np.testing.assert_array_equal(np.isnan(got), np.isnan(pixels), f"{which}: NaN elsewhere")
            largest = np.nanmax(np.abs(pixels))
            np.testing.assert_allclose(got, pixels, rtol=0, atol=ROUNDING * largest, err_msg=which)
