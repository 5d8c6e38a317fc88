"""The plug-in of asv that brings the scripts of its pages beside them."""

import importlib.util
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import asv
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="no npm here")


@pytest.fixture
def plugin():
    spec = importlib.util.spec_from_file_location("asv_offline", ROOT / "tools/asv_offline.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """Pages as asv makes them, and an empty cache."""
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "html"
    folder.mkdir()
    shutil.copy(Path(asv.__file__).parent / "www/index.html", folder)
    return folder


def publish(plugin, pages):
    plugin.Offline.publish(SimpleNamespace(html_dir=str(pages)), None, None, None, None)
    return (pages / "index.html").read_text()


@needs_npm
def test_the_scripts_are_beside_the_pages(plugin, pages):
    page = publish(plugin, pages)
    assert not re.findall(r'<(?:script|link)[^>]*"https?:', page)
    for place in re.findall(r'(?:src|href)="(offline/[^"]+)"', page):
        assert (pages / place).stat().st_size > 1000
    assert page.count('src="offline/') == 9


@needs_npm
def test_they_are_fetched_once(plugin, pages, monkeypatch):
    first = publish(plugin, pages)
    shutil.copy(Path(asv.__file__).parent / "www/index.html", pages)
    monkeypatch.setenv("PATH", "")
    assert publish(plugin, pages) == first


def stays_as_it_was(plugin, pages, caplog, reason):
    before = (pages / "index.html").read_text()
    assert publish(plugin, pages) == before
    assert re.search(f"need a network.*{reason}", caplog.text, re.DOTALL)


def test_without_npm_the_pages_stay_as_they_are(plugin, pages, monkeypatch, caplog):
    monkeypatch.setenv("PATH", "")
    stays_as_it_was(plugin, pages, caplog, "npm")


@needs_npm
def test_a_file_that_is_another_is_not_taken(plugin, pages, monkeypatch, caplog):
    place = "js/jquery-3.3.1.min.js"
    monkeypatch.setitem(plugin.FILES, place, (*plugin.FILES[place][:2], "0" * 64))
    stays_as_it_was(plugin, pages, caplog, "is not the file that it should be")


def test_an_unknown_script_is_reported(plugin, pages, caplog):
    index = pages / "index.html"
    index.write_text(index.read_text().replace("stupidtable.min.js", "cleverchair.min.js"))
    stays_as_it_was(plugin, pages, caplog, "cleverchair")
