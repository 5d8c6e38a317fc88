"""A backend of another distribution, installed by pip, is measured and tested like those of this one."""

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import command_line
from rasterbout.record_file import RecordFile
from rasterbout.testing.cases import TABLES

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[1] / "docs/extending.md").read_text()
PROJECT = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "rasterbout-whole-raster"
version = "1.2.3"

[project.entry-points."rasterbout.backends"]
whole-raster = "whole_raster:WholeRaster"

[tool.setuptools]
py-modules = ["whole_raster"]
"""


SOURCE, TESTS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
RIGHT = "(n - r) / (n + r)"
SWAPPED = "(r - n) / (n + r)"


def install(folder: Path, source: str) -> Path:
    """Install a backend as a distribution of its own, and return the folder it is importable from."""
    project, site = folder / "project", folder / "site"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "whole_raster.py").write_text(source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(project)]
    subprocess.run(pip, check=True, capture_output=True)
    return site


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The backend that docs/extending.md shows, as a distribution of its own."""
    on_path(monkeypatch, install(tmp_path, SOURCE))


def on_path(monkeypatch, site):
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)


def run_its_tests(folder: Path) -> tuple[int, str, dict[str, int]]:
    """Run the test file of docs/extending.md as its author would; return status, output and counts of outcomes."""
    repository = folder / "elsewhere"
    repository.mkdir()
    (repository / "test_conformance.py").write_text(TESTS)
    pytest_ = [sys.executable, "-m", "pytest", "-rx", "--tb=short", "-p", "no:cacheprovider", "-p", "no:benchmark"]
    done = subprocess.run(pytest_, cwd=repository, capture_output=True, text=True, timeout=250, check=False)
    last = done.stdout.strip().splitlines()[-1]
    counts = {outcome: int(count) for count, outcome in re.findall(r"(\d+) (\w+)", last.split(" in ")[0])}
    return done.returncode, done.stdout, counts


@pytest.mark.usefixtures("installed")
def test_it_is_measured_like_a_built_in_one(tmp_path):
    rasterbout = partial(command_line.rasterbout, cwd=tmp_path)
    words = ("--preset", "smoke", "--dataset", "s2-tile", "--size", "96", "--operations", "ndvi,downscale")
    done = rasterbout("run", *words, "--backends", "whole-raster,rasterio-windows", "--out", "run")
    assert done.returncode == 0, done.stderr
    records = {
        (record.backend, record.operation): record for record in RecordFile(tmp_path / "run/records.jsonl").read()
    }
    theirs, ours = records["whole-raster", "ndvi"], records["rasterio-windows", "ndvi"]
    assert (theirs.status, theirs.pixels_compared, theirs.cores) == ("ok", ours.pixels_compared, ours.cores)
    assert all((theirs.wall_s, theirs.cpu_s, theirs.peak_bytes, theirs.written_bytes, theirs.timeline, theirs.floor_s))
    refused = records["whole-raster", "downscale"]
    assert (refused.status, refused.reason) == ("unsupported", "it only does NDVI")
    assert "whole-raster" in rasterbout("backends").stdout


@pytest.mark.usefixtures("installed")
def test_it_passes_the_suite_with_its_gaps_expected(tmp_path):
    status, output, counts = run_its_tests(tmp_path)
    assert status == 0, output
    assert set(counts) == {"passed", "xfailed"}
    assert counts["passed"] > len(list(TABLES["ndvi"]))
    assert counts["xfailed"] > len(list(TABLES["superimpose"]))
    assert "it only does NDVI" in output


def test_a_wrong_one_fails_with_what_is_wrong(tmp_path, monkeypatch):
    assert RIGHT in SOURCE
    on_path(monkeypatch, install(tmp_path, SOURCE.replace(RIGHT, SWAPPED)))
    status, output, counts = run_its_tests(tmp_path)
    assert status == 1
    assert counts["failed"] > 40
    assert re.search(
        r"ndvi, case 'int16-wraps': \d+ of \d+ pixels are wrong, .*"
        r"the first at band 1, row \d+, column \d+: \S+ instead of \S+",
        output,
    )


def test_an_unregistered_backend_is_refused_with_what_to_install(tmp_path):
    status, output, _ = run_its_tests(tmp_path)
    assert status == 2
    assert "no backend 'whole-raster' is registered" in output
