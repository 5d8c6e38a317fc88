"""Asking all backends imports none of their libraries."""

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from rasterbout.backends._shared import versions
from rasterbout.contract import Session
from rasterbout.errors import BackendUnavailable
from rasterbout.operations.registry import BUILT_IN
from rasterbout.registry import _built_in, load_backend
from rasterbout.resources import Resources

HEAVY = ("dask", "distributed", "numba", "numpy", "odc", "pandas", "rasterio", "rioxarray", "scipy", "xarray")

PROGRAM = """
import importlib, json, sys
from rasterbout.registry import load_backend

imported, probed = json.loads(sys.argv[1]), json.loads(sys.argv[2])
for module in imported:
    importlib.import_module(module)
for name in probed:
    load_backend(name).probe()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_by(imported: list[str], probed: list[str]) -> list[str]:
    """Return which heavy libraries a new interpreter holds after importing modules and probing backends."""
    words = [sys.executable, "-c", PROGRAM, json.dumps(imported), json.dumps(probed)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return sorted(set(HEAVY) & set(json.loads(done.stdout)))


@pytest.mark.parametrize("name", sorted(_built_in()))
def test_an_adapter_is_light(name: str) -> None:
    assert loaded_by([_built_in()[name]], []) == []


def test_there_are_eight_adapters_and_asking_all_of_them_is_light() -> None:
    names = sorted(_built_in())
    assert len(names) == 8
    assert loaded_by([], names) == []


def test_the_check_sees_a_heavy_library() -> None:
    assert "numpy" in loaded_by(["rasterbout.backends._shared.arithmetic"], [])


@pytest.mark.parametrize("name", sorted(_built_in()))
def test_the_class_of_sessions_shows_what_a_backend_does(name: str) -> None:
    kind = load_backend(name).session_class()
    assert kind is not None
    assert issubclass(kind, Session)
    for method in BUILT_IN:
        assert callable(getattr(kind, method))
        assert not hasattr(Session, method)


def test_versions_known_only_to_loaded_libraries_come_from_a_session() -> None:
    with load_backend("rasterio-windows").open(Resources()) as session:
        assert set(session.versions()) == {"rasterio", "gdal", "proj", "numpy"}


def test_a_missing_library_makes_a_backend_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(library: str) -> str:
        if library in {"odc-geo", "xarray"}:
            raise PackageNotFoundError(library)
        return "1.0"

    monkeypatch.setattr(versions, "version", version)
    found = load_backend("dask-coarsen").probe()
    assert (found.available, found.reason) == (False, "odc-geo, xarray not installed")
    assert found.remedy == "pip install odc-geo xarray"
    assert load_backend("dask-map-blocks").probe().available


def test_a_library_that_cannot_be_loaded_makes_a_backend_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rasterbout.backends._rasterio.session", None)
    with pytest.raises(BackendUnavailable, match=r"cannot be imported \(.*session"):
        load_backend("rasterio-windows").session_class()
