"""What a wheel holds, and what guards the layout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]  # so that the wheel is built once

ROOT = Path(__file__).parents[1]
LINKED = ("backends", "datasets", "reports")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path).namelist()


def test_groups_are_kept_together(request):
    """By pytest-xdist, if it runs: it adds the group to the name of a test."""
    assert request.node.nodeid.endswith("@wheel") == hasattr(request.config, "workerinput")


def test_the_wheel_holds_every_module(wheel):
    modules = {str(path.relative_to(ROOT)) for name in LINKED for path in (ROOT / name).rglob("*.py")}
    modules |= {str(path.relative_to(ROOT / "src/rasterbout")) for path in (ROOT / "src/rasterbout").rglob("*.py")}
    assert {f"rasterbout/{module}" for module in modules} <= set(wheel)
    templates = [*(ROOT / "reports/page/templates").iterdir(), *(ROOT / "backends").rglob("*.jinja")]
    assert {"rasterbout/py.typed", *(f"rasterbout/{path.relative_to(ROOT)}" for path in templates)} <= set(wheel)


def test_the_wheel_installs_no_other_import_name(wheel):
    top = {name.split("/")[0] for name in wheel}
    assert {name for name in top if not name.endswith(".dist-info")} == {"rasterbout"}


@pytest.mark.parametrize("name", LINKED)
def test_the_folders_at_the_top_are_the_packages(name):
    link = ROOT / "src/rasterbout" / name
    assert link.is_symlink()
    assert str(link.readlink()) == f"../../{name}"
    assert not (ROOT / name).is_symlink()


@pytest.mark.parametrize("name", LINKED)
def test_ruff_refuses_the_folders_as_import_names(name, tmp_path):
    module = tmp_path / "wrong.py"
    module.write_text(f"import {name}\n")
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--config",
        str(ROOT / "pyproject.toml"),
        "--select",
        "TID251",
        module,
    ]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert f"import rasterbout.{name}" in refused.stdout
