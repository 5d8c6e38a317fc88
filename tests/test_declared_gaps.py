"""Backends that must do every operation declare no gap, and names of backends are checked."""

from pathlib import Path

import pytest

from rasterbout.errors import BadInput
from rasterbout.operations.registry import BUILT_IN as OPERATIONS
from rasterbout.registry import backend_names, load_backend
from rasterbout.testing.availability import required
from rasterbout.testing.checks.gaps import plain_operation, plain_source

COMPLETE = ("dask-coarsen", "dask-map-blocks", "otb-cli", "otb-python", "rasterio-windows")
DTYPES = ("uint8", "int16", "uint16", "float32")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", COMPLETE)
def test_complete_backend_declares_no_gap(name: str, operation: str, dtype: str, tmp_path: Path) -> None:
    assert load_backend(name).unsupported(plain_operation(operation, plain_source(tmp_path, dtype))) is None


def test_complete_backends_are_registered() -> None:
    assert set(COMPLETE) <= set(backend_names())
    assert backend_names() == sorted(set(backend_names()))


def test_required_backends_are_registered() -> None:
    assert set(backend_names()) >= required()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("otb-pyton", "otb-python"), ("rasterio_windows", "rasterio-windows"), ("dask-map-block", "dask-map-blocks")],
)
def test_unknown_backend_suggests_a_name(asked: str, meant: str) -> None:
    with pytest.raises(BadInput, match=meant) as caught:
        load_backend(asked)
    assert asked in str(caught.value)
