"""Pixels do not depend on chunks or workers."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

import downscale_cases
import mean_ndvi_cases
import ndvi_cases
import superimpose_cases
from awkward import Case, Made
from backends_here import each_backend
from judging import judge, pixels_of, xfail_on_gap
from rasterbout.contract import Backend, Session
from rasterbout.resources import Resources

ROUNDING = 2.0**-22  # two steps of float32, relative to the largest pixel

ALL_RESOURCES = {
    "auto": Resources(),
    "chunk-16": Resources(workers=2, chunk=16),
    "chunk-37": Resources(workers=1, threads_per_worker=2, chunk=37),
    "chunk-64": Resources(workers=3, chunk=64, memory_limit=6 << 30),
    "chunk-larger-than-all": Resources(workers=2, threads_per_worker=2, chunk=5000),
}
COMPARED = [
    ("ndvi", ndvi_cases.CASES["nodata-differs"]),
    ("ndvi", ndvi_cases.CASES["tiles-against-strips"]),
    ("ndvi", ndvi_cases.CASES["one-row"]),
    ("downscale", downscale_cases.CASES["by-7-float32-nodata-and-nan"]),
    ("downscale", downscale_cases.CASES["three-bands-by-pixel"]),
    ("downscale", downscale_cases.CASES["whole-raster"]),
    ("mean_ndvi", mean_ndvi_cases.CASES["float32-nodata-and-nan-by-10"]),
    ("mean_ndvi", mean_ndvi_cases.CASES["tiles-against-strips-by-9"]),
    ("superimpose", superimpose_cases.CASES["nearest-int16-holes"]),
    ("superimpose", superimpose_cases.CASES["bilinear-float32-nodata-and-nan"]),
    ("superimpose", superimpose_cases.CASES["cubic-int16-holes"]),
    ("superimpose", superimpose_cases.CASES["cubic-three-bands"]),
    ("superimpose", superimpose_cases.CASES["cubic-onto-finer-by-4"]),
]


@pytest.fixture(scope="session")
def sessions(backend: Backend) -> Iterator[dict[str, Session]]:
    """A session for each of the resources, all open at once."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(backend.open(resources)) for name, resources in ALL_RESOURCES.items()}


@pytest.mark.parametrize(("name", "case"), COMPARED, ids=[f"{name}-{case}" for name, case in COMPARED])
@each_backend
def test_resources_change_no_pixel(
    backend: Backend, sessions: dict[str, Session], name: str, case: Case, made: Made, tmp_path: Path
) -> None:
    operation = made(name, case)
    xfail_on_gap(backend, operation)
    for resources, session in sessions.items():
        judge(session, operation, tmp_path / f"{resources}.tif")
    first, *others = ALL_RESOURCES
    pixels = pixels_of(tmp_path / f"{first}.tif")
    for other in others:
        got = pixels_of(tmp_path / f"{other}.tif")
        np.testing.assert_array_equal(np.isnan(got), np.isnan(pixels), f"NaN of {other} and of {first}")
        np.testing.assert_allclose(got, pixels, rtol=0, atol=ROUNDING * np.nanmax(np.abs(pixels)), err_msg=other)
