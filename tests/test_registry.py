"""Backends are found by name, in the package and by entry points, and only when they are asked for."""

import sys

import pytest

from plugins import FAULTS, install
from rasterbout.contract import Backend
from rasterbout.errors import BackendUnavailable, BadInput
from rasterbout.registry import backend_names, load_backend

SOURCE = FAULTS.format(available=True, unsupported=None, body="pass").replace("\n    ", "\n")


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """Installs a distribution with a backend ``mine``, whose module is forgotten afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lambda source, attribute="": install(tmp_path, "mine", "my_backend", source, attribute)
    sys.modules.pop("my_backend", None)


@pytest.mark.parametrize("attribute", ["", ":Faulty"], ids=["module", "class"])
def test_an_entry_point_names_a_module_or_a_class(plugin, attribute):
    plugin(SOURCE, attribute)
    assert "mine" in backend_names()
    assert isinstance(load_backend("mine"), Backend)


@pytest.mark.parametrize("attribute", ["", ":Session"], ids=["module", "class"])
def test_an_object_that_is_no_backend_is_refused(plugin, attribute):
    plugin("from rasterbout.contract import Session\n", attribute)
    with pytest.raises(BadInput, match="does not define exactly one backend"):
        load_backend("mine")


def test_a_module_that_cannot_be_imported_is_unavailable(plugin):
    plugin("import nothing_of_that_name\n")
    with pytest.raises(BackendUnavailable, match="nothing_of_that_name"):
        load_backend("mine")


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(BadInput, match="did you mean otb-python"):
        load_backend("otb-pyton")
