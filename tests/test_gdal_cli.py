"""Which of GDAL's programs `gdal-cli` takes, and what it says where one fails.

That they make the right pixels is the conformance suite's, with those that are on PATH.
"""

import re
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest

from rasterbout.backends.gdal_cli import GdalCli
from rasterbout.contract import Output, perform
from rasterbout.errors import BackendFailed
from rasterbout.raster import Band
from rasterbout.resources import Resources
from rasterbout.testing.cases import case
from rasterbout.testing.made import Made
from rasterbout.testing.rasters import write

FAILING = """#!/bin/sh
[ "$1" = --version ] && exec echo "GDAL {version}, released 2026/03/17"
echo "$@" > {words}
echo "Warning 1: odd" >&2
echo "ERROR 1: no such thing" >&2
echo "Try 'gdal --help' for help." >&2
exit 1
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """On PATH before all others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    for name in ("gdalwarp", "gdal_calc.py"):
        put(folder, name, "3.9.1")
    return folder


def put(folder: Path, name: str, version: str) -> Path:
    """Install a program that fails whatever it is asked for; return the file that it writes its arguments into."""
    words = folder.parent / f"{name}.words"
    (folder / name).write_text(FAILING.format(version=version, words=shlex.quote(str(words))))
    (folder / name).chmod(0o755)
    return words


@pytest.mark.parametrize(
    ("version", "taken"),
    [("3.12.0", "3.12.0"), ("4.0.0dev-12ab", "4.0.0dev"), ("3.11.5", "3.9.1"), ("of another kind", "3.9.1")],
)
def test_pipelines_are_taken_where_they_can_compute(folder: Path, version: str, taken: str) -> None:
    put(folder, "gdal", version)

    assert GdalCli().probe().versions == {"gdal": taken}


def test_a_mean_by_pipelines_is_one_command_and_its_error_is_reported(folder: Path, tmp_path: Path) -> None:
    typed = put(folder, "gdal", "3.12.3")
    red = write(tmp_path / "red.tif", np.ones((8, 8), "int16"), nodata=-1)
    bands = Band(raster=red, index=1), Band(raster=red, index=1)

    with (
        GdalCli().open(Resources(workers=2, chunk=256)) as session,
        pytest.raises(BackendFailed, match=r"^gdal ended with status 1: ERROR 1: no such thing$"),
    ):
        session.mean_ndvi(*bands, 2, Output(path=tmp_path / "out.tif"))

    words = typed.read_text()
    assert words.startswith("raster pipeline ")
    assert "A[1] == -1.0 || B[1] == -1.0 || B[1] + A[1] == 0" in words
    assert words.count(" ! ") == 3  # its steps: calc, set-type, reproject, write


RECORDING = """#!/bin/sh
[ "$1" = --version ] && exec echo "GDAL 3.12.3, released 2026/03/17"
printf '%s\\n' "$@" > {words}
"""


@pytest.mark.parametrize(
    "name",
    [
        ("ndvi", "float32-nodata-and-nan"),
        ("ndvi", "bands-3-and-4-of-one-file"),
        ("downscale", "three-bands-by-pixel"),
        ("downscale", "float64"),
        ("mean_ndvi", "nodata-differs-by-7"),
        ("superimpose", "cubic-float32-nodata-and-nan"),
        ("superimpose", "nearest-int32"),
    ],
    ids="-".join,
)
def test_a_script_of_pipelines_types_what_a_session_types(
    folder: Path, tmp_path: Path, made: Made, name: tuple[str, str]
) -> None:
    words = tmp_path / "words"
    (folder / "gdal").write_text(RECORDING.format(words=shlex.quote(str(words))))
    (folder / "gdal").chmod(0o755)
    operation, out = made(case(*name)), Output(path=tmp_path / "it's out.tif")
    resources = Resources(workers=2)

    with GdalCli().open(resources) as session:
        perform(session, operation, out)
    typed = without_scratch(words.read_text())
    script = GdalCli().script(operation, resources, out)
    assert script is not None
    subprocess.run(["bash", "-c", script.text], check=True)

    assert without_scratch(words.read_text()) == typed
    assert "rasterbout" not in script.text


def without_scratch(words: str) -> str:
    """Return words without the names of temporary folders."""
    return re.sub(r"/[^/\n]*/(?=(A|B|source)\.vrt)", "/", words)
