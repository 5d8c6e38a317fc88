"""A backend of another distribution, installed by pip, is measured like those of this one."""

import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import command_line
from rasterbout.record_file import RecordFile

README = (Path(__file__).parents[1] / "README.md").read_text()
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


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The backend that the README shows, as a distribution of its own."""
    project, site = tmp_path / "project", tmp_path / "site"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (source,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (project / "whole_raster.py").write_text(source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(project)]
    subprocess.run(pip, check=True, capture_output=True)
    monkeypatch.setenv("PYTHONPATH", str(site))


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
