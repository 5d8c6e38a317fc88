"""Every command of the README and of the pages it leads to is run, and the backend in docs/extending.md works."""

import re
import shlex
import shutil
from functools import partial
from pathlib import Path

import pytest
import rasterio

import command_line
from plugins import install
from rasterbout.datasets import load
from rasterbout.registry import backend_names

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MADE = {"README.md": (4, 0), "docs/measuring.md": (4, 1), "docs/regressions.md": (2, 1)}
"""Pages whose commands are run, and how many folders of runs and HTML files they leave."""

COMMANDS = {
    name: [
        line
        for block in re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)
        for line in block.splitlines()
    ]
    for name in MADE
}
QUICK = {
    "run": ("--preset", "smoke", "--backends", "rasterio-windows"),
    "advise": ("--backends", "rasterio-windows"),
}
"""Options that keep a command of the README from taking minutes; the rest is as written."""

STATUSES = {"compare": (0, 1, 3)}  # what times that short say is chance
ELSEWHERE = ("make", ".venv/bin/asv")  # run by CI, and by the tests of the suite of asv


@pytest.fixture
def folder(tmp_path):
    """A folder with the files that the README names."""
    folder = tmp_path / "readme"
    folder.mkdir()
    b4, b8, b11 = load("s2-tile", size=128).rasters
    for source, name in ((b4, "red.tif"), (b8, "nir.tif"), (b11, "swir.tif")):
        shutil.copy(source.path, folder / name)
    product = folder / "path/to/SENTINEL2A_20210415-105852-555_L2A_T31TCJ_C_V3-0"
    product.mkdir(parents=True)
    for source in (b4, b8, b11):
        shutil.copy(source.path, product / f"{product.name}_FRE_{source.path.name}")
    with (
        rasterio.open(b4.path) as red,
        rasterio.open(b8.path) as nir,
        rasterio.open(folder / "stack.tif", "w", **{**red.profile, "count": 4}) as stack,
    ):
        for index, source in enumerate((nir, nir, red, nir), start=1):
            stack.write(source.read(1), index)
    return folder


def test_there_are_commands():
    assert all(len(lines) > 5 for lines in COMMANDS.values())


@pytest.mark.parametrize("page", MADE)
def test_a_page_runs_from_top_to_bottom(folder, page):
    rasterbout = partial(command_line.rasterbout, cwd=folder)
    for line in COMMANDS[page]:
        program, *words = shlex.split(line)
        if program in ELSEWHERE:
            continue
        assert program == "rasterbout"
        soon = ("--budget", "5s") if words[0] == "advise" or "--budget" in words else ()
        done = rasterbout(*words, *QUICK.get(words[0], ()), *soon)
        assert done.returncode in STATUSES.get(words[0], (0,)), f"{line}: {done.stderr}"
    assert (len(list((folder / "runs").iterdir())), len(list(folder.glob("**/*.html")))) == MADE[page]


@pytest.mark.parametrize("line", [line for lines in COMMANDS.values() for line in lines if line.startswith("make")])
def test_the_targets_of_make_exist_and_ci_runs_them(line):
    _, target, *_ = line.split()
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    by_suite = f'.make("{target}"' in (ROOT / "tests/suite/test_asv.py").read_text()
    assert by_suite or re.search(rf"^(\w+=\S+ )*make {target}\b", (ROOT / ".ci/run").read_text(), re.MULTILINE)


def test_the_backend_of_the_docs_is_right(folder, tmp_path, monkeypatch):
    source, _ = re.findall(r"```python\n(.*?)```", (ROOT / "docs/extending.md").read_text(), re.DOTALL)
    install(tmp_path, "whole-raster", "whole_raster", source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    rasterbout = partial(command_line.rasterbout, cwd=folder)
    inputs = ("--red", "red.tif", "--nir", "nir.tif")
    done = rasterbout("apply", "ndvi", "--backend", "whole-raster", *inputs, "--out", "whole.tif")
    assert done.returncode == 0, done.stderr
    assert rasterbout("check", "ndvi", *inputs, "--result", "whole.tif").returncode == 0
    refused = rasterbout(
        "apply", "downscale", "--backend", "whole-raster", "--source", "red.tif", "--factor", 2, "--out", "x.tif"
    )
    assert refused.returncode == 2
    assert "it only does NDVI" in refused.stderr


def test_the_readme_names_every_backend():

    assert all(f"`{name}`" in README for name in backend_names())


def test_the_files_that_the_design_names_exist():
    named = re.findall(
        r"`((?:src|backends|datasets|reports|benchmarks)/[\w/.]+)`", (ROOT / "docs/design.md").read_text()
    )
    assert len(named) > 9
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))])
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text())
    assert [link for link in links if "://" not in link and not ((ROOT / page).parent / link).exists()] == []
