"""The good way through the command line: apply, then check."""

from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
import rasterio

from command_line import OPTIONS, contents, rasterbout, refusal, words
from rasterbout.header import read_header
from rasterbout.testing.cases.grids import finer
from rasterbout.testing.rasters import IDENTITY, NORTH_UP, integers, with_patch, write

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    red, nir = (with_patch(integers(name, "int16", (40, 50), 1), -1) for name in ("red", "nir"))
    moving = write(folder / "red.tif", red, nodata=-1)
    write(folder / "nir.tif", nir, nodata=-1)
    fine = finer(moving.grid, (2, 2))
    write(folder / "fine.tif", np.zeros(fine.shape, "uint8"), transform=fine.transform)
    (folder / "nowhere").mkdir()
    for name in ("red", "nir"):
        write(folder / "nowhere" / f"{name}.tif", red, crs=None, transform=IDENTITY)
    write(folder / "nowhere" / "fine.tif", red, crs=None, transform=IDENTITY)
    return folder


def apply(operation: str, options: list[str], out: Path, inputs: Path) -> CompletedProcess[str]:
    return rasterbout("apply", operation, *options, "--backend", "rasterio-windows", "--out", out, cwd=inputs)


def compared(line: str) -> int:
    """Return the number of pixels that ``check`` says it compared."""
    return next(int(word) for word in line.replace(",", " ").split() if word.isdecimal())


@pytest.mark.parametrize("operation", list(OPTIONS))
def test_apply_then_check(inputs: Path, operation: str, tmp_path: Path) -> None:
    out = tmp_path / "out.tif"
    done = apply(operation, words(operation), out, inputs)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(contents(tmp_path)) == ["out.tif"]
    checked = rasterbout("check", operation, *words(operation), "--result", out, cwd=inputs)
    assert (checked.returncode, checked.stderr) == (0, "")
    grid = read_header(out).grid
    assert 0 < compared(checked.stdout) <= grid.width * grid.height
    assert "error" in checked.stdout


@pytest.mark.parametrize("operation", list(OPTIONS))
def test_check_refuses_one_wrong_pixel(inputs: Path, operation: str, tmp_path: Path) -> None:
    out = tmp_path / "out.tif"
    apply(operation, words(operation), out, inputs)
    with rasterio.open(out, "r+") as file:
        pixels = file.read()
        middle = (0, pixels.shape[1] // 4, pixels.shape[2] * 3 // 4)
        assert not np.isnan(pixels[middle])
        pixels[middle] = pixels[middle] * 1.001 + 0.001
        file.write(pixels)
    checked = rasterbout("check", operation, *words(operation), "--result", out, cwd=inputs)
    line = refusal(checked, statuses=(1,))
    assert "out.tif" in line
    assert f"row {middle[1]}, column {middle[2]}" in line


@pytest.mark.parametrize("operation", list(OPTIONS))
def test_without_georeference_nothing_is_complained_of(inputs: Path, operation: str, tmp_path: Path) -> None:
    out = tmp_path / "out.tif"
    done = apply(operation, words(operation), out, inputs / "nowhere")
    assert (done.returncode, done.stderr) == (0, "")
    assert read_header(out).grid.crs is None


def test_options(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.tif"
    options = {"--layout": "strips", "--compress": "deflate", "--chunk": "16", "--workers": "2"}
    done = apply("ndvi", words("ndvi", options), out, inputs)
    assert done.returncode == 0
    raster = read_header(out)
    assert (raster.block_shape, raster.compression, raster.dtype) == ((32, 50), "deflate", "float32")
    assert raster.grid.transform == NORTH_UP


def test_operations_by_either_name(inputs: Path, tmp_path: Path) -> None:
    done = apply("mean_ndvi", words("mean-ndvi"), tmp_path / "out.tif", inputs)
    assert done.returncode == 0
