"""Backends are found by name, in the package and by entry points, and only when they are asked for."""

import sys

import pytest

from plugins import install, source_of
from rasterbout.contract import Backend
from rasterbout.errors import BackendUnavailable, BadInput
from rasterbout.registry import availability, backend_names, load_backend

SOURCE = source_of()

RAISING = "    def __init__(self):\n        raise RuntimeError('not today')\n"


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


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import nothing_of_that_name\n", "ModuleNotFoundError: .*nothing_of_that_name"),
        ("raise ValueError('it is\\nMonday')\n", "ValueError: it is"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
        ("1 +\n", "SyntaxError"),
        (SOURCE.replace("(Backend):", f"(Backend):\n{RAISING}"), "RuntimeError: not today"),
    ],
    ids=["missing", "raises", "exits", "syntax", "no instance"],
)
def test_a_module_that_cannot_be_imported_is_unavailable(plugin, source, said):
    plugin(source)
    with pytest.raises(BackendUnavailable, match=said):
        load_backend("mine")
    assert not availability("mine").available


def test_a_probe_that_raises_is_unavailable(plugin):
    plugin(SOURCE.replace("return Availability(", "raise OSError('no licence'); return Availability("))
    assert "its probe failed (OSError: no licence)" in availability("mine").reason


def test_two_distributions_of_one_name_are_unavailable(plugin, tmp_path):
    plugin(SOURCE)
    install(tmp_path, "mine", "another_backend", SOURCE)
    with pytest.raises(BackendUnavailable, match="another_backend and my_backend; uninstall all but one"):
        load_backend("mine")


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(BadInput, match="did you mean otb-python"):
        load_backend("otb-pyton")
