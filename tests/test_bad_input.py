"""Bad input: one line that names what is wrong, exit status 2, and every file as it was."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from command_line import contents, rasterbout, refusal, words
from rasterbout.testing.rasters import NORTH_UP, integers, write

pytestmark = pytest.mark.slow

SHAPE = (40, 50)


@dataclass(frozen=True)
class Bad:
    """A command that must be refused, and the words that its message must hold."""

    operation: str
    changes: dict[str, str | None]
    named: tuple[str, ...]
    more: tuple[str, ...] = field(default=())


BAD: dict[str, Bad] = {
    # files
    "missing": Bad("ndvi", {"--red": "gone.tif"}, ("gone.tif",)),
    "missing-nir": Bad("mean-ndvi", {"--nir": "gone.tif"}, ("gone.tif",)),
    "missing-source": Bad("downscale", {"--source": "gone.tif"}, ("gone.tif",)),
    "missing-reference": Bad("superimpose", {"--reference": "gone.tif"}, ("gone.tif",)),
    "missing-folder": Bad("downscale", {"--source": "gone/red.tif"}, ("gone/red.tif",)),
    "dangling-link": Bad("downscale", {"--source": "dangling.tif"}, ("dangling.tif",)),
    "folder": Bad("downscale", {"--source": "folder"}, ("folder",)),
    "text": Bad("downscale", {"--source": "text.tif"}, ("text.tif",)),
    "empty-file": Bad("downscale", {"--source": "empty.tif"}, ("empty.tif",)),
    "empty-name": Bad("downscale", {"--source": ""}, ("folder",)),
    "fifo": Bad("downscale", {"--source": "fifo.tif"}, ("fifo.tif",)),
    "complex-pixels": Bad("downscale", {"--source": "complex.tif"}, ("complex.tif", "complex64")),
    "truncated": Bad("ndvi", {"--nir": "truncated.tif"}, ("truncated.tif",)),
    "truncated-deflate": Bad("downscale", {"--source": "truncated-deflate.tif"}, ("truncated-deflate.tif",)),
    "truncated-moving": Bad("superimpose", {"--moving": "truncated.tif"}, ("truncated.tif",)),
    "truncated-header": Bad("downscale", {"--source": "truncated-header.tif"}, ("truncated-header.tif",)),
    "truncated-jp2": Bad("downscale", {"--source": "truncated.jp2"}, ("truncated.jp2",)),
    # grids
    "shifted-grid": Bad("ndvi", {"--nir": "shifted.tif"}, ("red.tif", "shifted.tif")),
    "slightly-shifted-grid": Bad("ndvi", {"--nir": "slightly-shifted.tif"}, ("red.tif", "slightly-shifted.tif")),
    "other-size": Bad("mean-ndvi", {"--nir": "smaller.tif"}, ("red.tif", "smaller.tif")),
    "other-pixels": Bad("ndvi", {"--nir": "fine.tif"}, ("red.tif", "fine.tif")),
    "other-crs": Bad("ndvi", {"--nir": "other-crs.tif"}, ("other-crs.tif", "EPSG:32632")),
    "no-crs": Bad("ndvi", {"--nir": "no-crs.tif"}, ("no-crs.tif", "no CRS")),
    "reference-in-other-crs": Bad("superimpose", {"--reference": "other-crs.tif"}, ("EPSG:32632", "EPSG:32631")),
    "reference-is-coarser": Bad("superimpose", {"--moving": "fine.tif", "--reference": "red.tif"}, ("downscale",)),
    "reference-is-rotated": Bad("superimpose", {"--reference": "rotated.tif"}, ("rotated",)),
    # values
    "band-0": Bad("ndvi", {"--red-band": "0"}, ("red.tif", "0")),
    "band-5": Bad("ndvi", {"--nir": "stack.tif", "--nir-band": "5"}, ("stack.tif", "5")),
    "band-minus-1": Bad("ndvi", {"--red-band": "-1"}, ("red.tif", "-1")),
    "band-no-number": Bad("mean-ndvi", {"--nir-band": "nir"}, ("'nir'",)),
    "factor-0": Bad("downscale", {"--factor": "0"}, ("0", "red.tif")),
    "factor-negative": Bad("mean-ndvi", {"--factor": "-2"}, ("-2", "red.tif")),
    "factor-larger-than-the-raster": Bad("downscale", {"--factor": "41"}, ("41", "red.tif", "40")),
    "factor-no-number": Bad("downscale", {"--factor": "two"}, ("two",)),
    "factor-fraction": Bad("downscale", {"--factor": "2.5"}, ("2.5",)),
    "unknown-backend": Bad("ndvi", {"--backend": "rasterio-window"}, ("rasterio-window'", "rasterio-windows")),
    "backend-with-a-path": Bad("ndvi", {"--backend": "../rasterio-windows"}, ("../rasterio-windows",)),
    "unknown-resampling": Bad("superimpose", {"--resampling": "lanczos"}, ("lanczos", "bilinear")),
    "unknown-layout": Bad("ndvi", {"--layout": "stripes"}, ("stripes", "strips")),
    "unknown-compression": Bad("ndvi", {"--compress": "zip"}, ("zip", "deflate")),
    "chunk-0": Bad("ndvi", {"--chunk": "0"}, ("0", "chunk")),
    "chunk-negative": Bad("ndvi", {"--chunk": "-64"}, ("-64", "chunk")),
    "chunk-no-number": Bad("ndvi", {"--chunk": "large"}, ("large", "chunk")),
    "workers-0": Bad("ndvi", {"--workers": "0"}, ("0", "workers")),
    "unknown-option": Bad("downscale", {"--factr": "3"}, ("--factr",)),
    "option-of-another-operation": Bad("ndvi", {"--factor": "3"}, ("--factor",)),
    "missing-option": Bad("ndvi", {"--nir": None}, ("--nir",)),
    "option-without-value": Bad("ndvi", {}, ("--chunk",), ("--chunk",)),
    "stray-word": Bad("ndvi", {}, ("nir2.tif",), ("nir2.tif",)),
    # outputs
    "output-is-red": Bad("ndvi", {"--out": "red.tif"}, ("red.tif",)),
    "output-is-nir": Bad("mean-ndvi", {"--out": "nir.tif"}, ("nir.tif",)),
    "output-is-source": Bad("downscale", {"--out": "red.tif"}, ("red.tif",)),
    "output-is-moving": Bad("superimpose", {"--out": "red.tif"}, ("red.tif",)),
    "output-is-reference": Bad("superimpose", {"--out": "fine.tif"}, ("fine.tif",)),
    "output-is-input-by-another-way": Bad("ndvi", {"--out": "folder/../red.tif"}, ("red.tif",)),
    "output-links-to-input": Bad("ndvi", {"--out": "link.tif"}, ("link.tif",)),
    "output-hard-links-to-input": Bad("ndvi", {"--out": "hard-link.tif"}, ("hard-link.tif",)),
    "input-links-to-output": Bad("ndvi", {"--red": "link.tif", "--out": "red.tif"}, ("red.tif",)),
    "output-is-a-folder": Bad("ndvi", {"--out": "folder"}, ("folder",)),
    "output-folder-missing": Bad("ndvi", {"--out": "gone/out.tif"}, ("gone",)),
    "output-under-a-file": Bad("ndvi", {"--out": "text.tif/out.tif"}, ("text.tif",)),
    "output-in-proc": Bad("ndvi", {"--out": "/proc/out.tif"}, ("/proc",)),
    "output-without-a-name": Bad("ndvi", {"--out": ""}, ("folder",)),
    "output-name-too-long": Bad("ndvi", {"--out": "x" * 300 + ".tif"}, ("xxx.tif",)),
}  # fmt: skip


def link_inputs(folder: Path) -> None:
    (folder / "dangling.tif").symlink_to("nowhere.tif")
    (folder / "link.tif").symlink_to("red.tif")
    (folder / "hard-link.tif").hardlink_to(folder / "red.tif")
    os.mkfifo(folder / "fifo.tif")


def truncate(source: Path, copy: Path, share: float) -> None:
    content = source.read_bytes()
    copy.write_bytes(content[: int(len(content) * share)])


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with good and bad inputs."""
    folder = tmp_path_factory.mktemp("inputs")
    pixels = integers("bad input", "int16", SHAPE, 1)
    t = NORTH_UP
    write(folder / "red.tif", pixels)
    write(folder / "nir.tif", pixels[::-1])
    write(folder / "fine.tif", np.repeat(pixels, 2, axis=1), transform=Affine(5, 0, t.c, 0, -10, t.f))
    write(folder / "stack.tif", np.stack([pixels] * 4))
    write(folder / "shifted.tif", pixels, transform=Affine(10, 0, t.c + 10, 0, -10, t.f))
    write(folder / "slightly-shifted.tif", pixels, transform=Affine(10, 0, t.c, 0, -10, t.f + 0.5))
    write(folder / "rotated.tif", pixels, transform=Affine(4, 3, t.c, 3, -4, t.f))
    write(folder / "smaller.tif", pixels[:-1])
    write(folder / "other-crs.tif", pixels, crs="EPSG:32632")
    write(folder / "no-crs.tif", pixels, crs=None)
    write(folder / "deflate.tif", pixels, compress="deflate", tiled=True, blockxsize=16, blockysize=16)
    rasterio.shutil.copy(folder / "red.tif", folder / "whole.jp2", driver="JP2OpenJPEG")
    with rasterio.open(
        folder / "complex.tif", "w", driver="GTiff", width=5, height=4, count=1, dtype="complex64", transform=t
    ) as target:
        target.write(np.ones((1, 4, 5), "complex64"))
    (folder / "text.tif").write_text("red,nir\n1,2\n")
    (folder / "empty.tif").touch()
    (folder / "folder").mkdir()
    truncate(folder / "red.tif", folder / "truncated.tif", 0.7)
    truncate(folder / "red.tif", folder / "truncated-header.tif", 0.02)
    truncate(folder / "deflate.tif", folder / "truncated-deflate.tif", 0.9)
    truncate(folder / "whole.jp2", folder / "truncated.jp2", 0.9)
    return folder


@pytest.fixture
def inputs(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the inputs, for this test alone, with links among them and a good result of an earlier run."""
    folder = tmp_path / "inputs"
    shutil.copytree(pristine, folder)
    link_inputs(folder)
    shutil.copy(folder / "red.tif", folder / "out.tif")
    return folder


def apply(bad: Bad) -> list[str]:
    changes = {"--backend": "rasterio-windows", "--out": "out.tif"} | bad.changes
    return ["apply", bad.operation, *words(bad.operation, changes), *bad.more]


@pytest.mark.parametrize("name", list(BAD))
def test_bad_input(inputs: Path, name: str) -> None:
    """The output exists already, and stays; nothing is left beside it."""
    bad, before = BAD[name], contents(inputs)
    line = refusal(rasterbout(*apply(bad), cwd=inputs))
    for word in bad.named:
        assert word in line
    assert contents(inputs) == before


@pytest.mark.parametrize("name", ["missing", "truncated", "shifted-grid", "band-0", "factor-0", "unknown-backend"])
def test_no_output_appears(inputs: Path, name: str) -> None:
    (inputs / "out.tif").unlink()
    before = contents(inputs)
    refusal(rasterbout(*apply(BAD[name]), cwd=inputs))
    assert contents(inputs) == before


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["apply", "ndwi", "--out", "out.tif"], "ndwi"),
        (["check", "ndwi", "--result", "out.tif"], "ndwi"),
        (["aply", "ndvi"], "aply"),
        (["--verbos", "apply", "ndvi"], "--verbos"),
        (["check", "ndvi", *words("ndvi"), "--result", "gone.tif"], "gone.tif"),
        (["check", "ndvi", *words("ndvi"), "--result", "text.tif"], "text.tif"),
        (["check", "ndvi", *words("ndvi"), "--result", "truncated.tif"], "truncated.tif"),
        (["check", "ndvi", *words("ndvi", {"--red": "gone.tif"}), "--result", "red.tif"], "gone.tif"),
        (["check", "ndvi", *words("ndvi", {"--nir": "smaller.tif"}), "--result", "red.tif"], "smaller.tif"),
        (["check", "downscale", *words("downscale", {"--factor": "0"}), "--result", "red.tif"], "0"),
    ],
    ids=lambda value: value.replace("/", "-") if isinstance(value, str) else "-".join(value[:2]),
)
def test_bad_command(inputs: Path, arguments: list[str], named: str) -> None:
    before = contents(inputs)
    assert named in refusal(rasterbout(*arguments, cwd=inputs))
    assert contents(inputs) == before


def test_a_backend_that_is_not_here_says_how_to_get_it(inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    bad = Bad("ndvi", {"--backend": "otb-cli"}, ())
    before = contents(inputs)
    line = refusal(rasterbout(*apply(bad), cwd=inputs))
    assert "install" in line
    assert contents(inputs) == before
