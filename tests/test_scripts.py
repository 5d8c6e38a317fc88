"""The script of a backend is a program of the plain library, and makes the right pixels."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from rasterbout.backends._otb import install
from rasterbout.backends._shared.script import lengths, multiline, python, shell, xml
from rasterbout.contract import Layout, Output, Script, why_not
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band, Raster
from rasterbout.registry import backend_names, load_backend
from rasterbout.resources import Resources
from rasterbout.testing.availability import available
from rasterbout.testing.cases.grids import beyond
from rasterbout.testing.rasters import integers, with_holes, with_patch, write
from rasterbout.verify import require_usable, verify

QUICK = ("gdal-cli", "numba-fused", "rasterio-windows")
SLOW = ("dask-coarsen", "dask-map-blocks", "otb-cli", "otb-python")
BACKENDS = [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]

SHAPE = (1063, 75)  # rows, columns: more than two blocks of the output, and coprime to them and to the factor
AWKWARD = 'it\'s "here" & là $HOME'
IN_PLACE = Resources(workers=2, chunk=512), Layout()
IN_TURNS = Resources(workers=2, chunk=50), Layout(compression="deflate")
IN_STRIPS = Resources(workers=1), Layout(blocks="strips")
FEWEST, MOST = 8, 60  # lines; of means by interpolation, and of interpolation by compiled loops


def stack(folder: Path) -> Raster:
    """Four bands of uint16 in small blocks, each with holes of its own."""
    bands = [with_patch(integers(f"script {band}", "uint16", SHAPE, 1, 9000), 0) for band in range(4)]
    bands[2][40:80] = 0
    blocks = {"tiled": True, "blockxsize": 32, "blockysize": 64, "compress": "deflate"}
    return write(folder / "stack.tif", np.stack(bands), nodata=0, **blocks)


def pair(folder: Path) -> tuple[Band, Band]:
    """Two bands of uint16, of which one is the third of a stack, with different nodata values."""
    nir = with_holes("script nir", integers("script nir", "uint16", SHAPE, 0, 60000), 65535)
    return Band(raster=stack(folder), index=3), Band(raster=write(folder / "nir.tif", nir, nodata=65535))


def ndvi(folder: Path) -> Operation:
    red, nir = pair(folder)
    return Ndvi(red=red, nir=nir)


def ndvi_without_nodata(folder: Path) -> Operation:
    red, nir = (write(folder / f"{name}.tif", integers(name, "int16", SHAPE, -3, 3)) for name in ("red", "nir"))
    return Ndvi(red=Band(raster=red), nir=Band(raster=nir))


def mean_ndvi(folder: Path) -> Operation:
    red, nir = pair(folder)
    return MeanNdvi(red=red, nir=nir, factor=6)


def downscale(folder: Path) -> Operation:
    return Downscale(source=stack(folder), factor=10)


def downscale_floats(folder: Path) -> Operation:
    """One file has both NaN and another nodata value."""
    pixels = with_holes("script", integers("script f", "int16", SHAPE, -300, 300).astype("float32"), -0.1)
    pixels[200:300, 10:60] = np.nan
    return Downscale(source=write(folder / "floats.tif", pixels, nodata=-0.1), factor=2)


def superimpose(folder: Path) -> Operation:
    moving = stack(folder)
    return Superimpose(moving=moving, onto=beyond(moving.grid), resampling=Resampling.CUBIC)


def superimpose_nearest(folder: Path) -> Operation:
    moving = write(folder / "moving.tif", with_patch(integers("script n", "int16", (51, 61)), -1), nodata=-1)
    return Superimpose(moving=moving, onto=beyond(moving.grid), resampling=Resampling.NEAREST)


CASES = [
    pytest.param(make, *how, id=f"{make.__name__}-{name}")
    for make, name, how in (
        (ndvi, "in-place", IN_PLACE),
        (ndvi, "in-turns", IN_TURNS),
        (ndvi_without_nodata, "in-strips", IN_STRIPS),
        (downscale, "in-place", IN_PLACE),
        (downscale_floats, "in-turns", IN_TURNS),
        (mean_ndvi, "in-turns", IN_TURNS),
        (superimpose, "in-place", IN_PLACE),
        (superimpose_nearest, "in-turns", IN_TURNS),
    )
]


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize(("make", "resources", "layout"), CASES)
def test_a_script_makes_the_right_pixels(name, make, resources, layout, tmp_path):
    backend = available(name)
    folder = tmp_path / AWKWARD
    folder.mkdir()
    operation, out = make(folder), Output(path=folder / f"{AWKWARD}.tif", layout=layout)
    assert why_not(backend, operation) is None
    before = set(folder.iterdir())

    script = backend.script(operation, resources, out)
    assert script is not None
    require_readable(script)
    run(name, script, tmp_path)

    require_usable(operation, out.path, layout)
    assert verify(operation, out.path).problem == ""
    assert set(folder.iterdir()) == before | {out.path}


def require_readable(script: Script) -> None:
    lines = [line for line in script.text.splitlines() if line.strip()]
    assert FEWEST <= len(lines) <= MOST, script.text
    assert "rasterbout" not in script.text
    if script.language == "python":
        compile(script.text, "script", "exec")


def run(name: str, script: Script, folder: Path) -> None:
    """Run a script as its user does, without rasterbout's own modules."""
    program, environment = interpreter(name, script)
    file = folder / "script"
    file.write_text(script.text)
    done = subprocess.run(
        [program, str(file)], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{script.text}"


def interpreter(name: str, script: Script) -> tuple[str, dict[str, str]]:
    """Return what runs a script, and the environment in which it finds its libraries."""
    if name == "otb-python":
        found = install.python()
        assert found is not None
        return found.executable, found.environment
    here = dict(install.environment() if name == "otb-cli" else os.environ)
    here.pop("PYTHONPATH", None)
    return {"python": sys.executable, "bash": "bash"}[script.language], here


@pytest.mark.parametrize("name", [*QUICK, *SLOW])
def test_an_operation_without_a_template_has_no_script(name, tmp_path):
    class Other(Downscale):
        name = "other"

    operation = Other(source=stack(tmp_path), factor=2)
    assert load_backend(name).script(operation, Resources(), Output(path=tmp_path / "out.tif")) is None


def test_every_backend_but_the_baseline_has_scripts():
    assert {*QUICK, *SLOW} == {*backend_names()} - {"dask-notebook"}


@pytest.mark.parametrize(
    "sizes",
    [
        (64,),
        (64, 13),
        (64,) * 9,
        (64, 64, 3),
        (102, 103, 102, 103, 102) * 3 + (102, 40),
        (1, 2, 1, 2, 1),
        (5, 1, 5, 5, 2),
    ],
)
def test_sizes_of_chunks_are_written_briefly(sizes):
    assert eval(lengths(sizes)) == sizes
    assert len(lengths(sizes)) < 60


@pytest.mark.parametrize(
    "text", ["plain", 'it\'s "here"', "back\\slash", 'three """ quotes', "line\nline", "là", "$HOME"]
)
def test_texts_are_quoted(text):
    assert eval(python(text)) == eval(python(Path(text))) == text
    assert eval(multiline(text)) == f"{text}\n"
    assert shlex.split(shell(text)) == [text]
    assert ET.fromstring(f"<a>{xml(text)}</a>").text == text


@pytest.mark.parametrize("number", [1.5, -9999.0, float("nan"), float("inf"), 3.4028234663852886e38])
def test_numbers_are_quoted(number):
    assert repr(eval(python(number))) == repr(number)
