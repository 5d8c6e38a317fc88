"""Whether the backend under test can run here; if not, its checks skip, or fail if it is required."""

import os

import pytest

from rasterbout.contract import Backend
from rasterbout.errors import BackendUnavailable
from rasterbout.registry import load_backend


def required() -> frozenset[str]:
    """Return the names in RASTERBOUT_REQUIRE: the checks of these backends fail instead of skipping."""
    return frozenset(filter(None, os.environ.get("RASTERBOUT_REQUIRE", "").split(",")))


def available(name: str) -> Backend:
    """Load the backend ``name``; skip or fail with the reason if it cannot run here."""
    try:
        backend = load_backend(name)
    except BackendUnavailable as error:
        _missing(name, str(error))
    availability = backend.probe()
    if not availability.available:
        assert availability.reason, f"{name} is unavailable; probe() must return the reason"
        assert availability.remedy, f"{name} is unavailable; probe() must return the remedy: how to install it"
        _missing(name, f"{availability.reason}; {availability.remedy}")
    return backend


def _missing(name: str, reason: str) -> None:
    if name in required():
        pytest.fail(f"RASTERBOUT_REQUIRE names {name}, which cannot run here: {reason}")
    pytest.skip(f"{name}: {reason}")
