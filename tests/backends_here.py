"""Which backends are tested here, and with what they are opened."""

import os

import pytest

from rasterbout.contract import Backend
from rasterbout.errors import BackendUnavailable
from rasterbout.registry import backend_names, load_backend
from rasterbout.resources import Resources

COMPLETE = ("dask-coarsen", "dask-map-blocks", "otb-cli", "otb-python", "rasterio-windows")
"""The backends that must do everything."""

REQUIRED = frozenset(filter(None, os.environ.get("RASTERBOUT_REQUIRE", "").split(",")))
"""The backends that must be available here: a missing one fails the tests instead of skipping them."""

SMALL_PIECES = Resources(workers=2, chunk=50)
"""A chunk that divides no raster, so that every case is put together from several pieces."""

each_backend = pytest.mark.parametrize(
    "backend",
    [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in backend_names()],
    indirect=True,
    scope="session",
)


def available(name: str) -> Backend:
    """Load the backend, or skip the test (fail, where it is required) with the reason why it cannot run."""
    try:
        backend = load_backend(name)
    except BackendUnavailable as error:
        _missing(name, str(error))
    availability = backend.probe()
    if not availability.available:
        assert availability.reason, "an unavailable backend says why"
        assert availability.remedy, "an unavailable backend says how to get it"
        _missing(name, f"{availability.reason}; {availability.remedy}")
    return backend


def _missing(name: str, reason: str) -> None:
    if name in REQUIRED:
        pytest.fail(f"{name} is required here: {reason}")
    pytest.skip(f"{name}: {reason}")
