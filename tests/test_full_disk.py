"""A full disk, and a disk that cannot be written: one line, and nothing half-written."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import can_mount, contents, rasterbout_on, refusal, words
from rasterbout.registry import backend_names
from rasterbout.testing.availability import available
from rasterbout.testing.rasters import floats, write

pytestmark = pytest.mark.slow

needs_mount = pytest.mark.skipif(not can_mount(), reason="mounting takes root")


@pytest.fixture(scope="session")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with bands that no compression makes small: 300 x 300 float32, 360 kB each."""
    folder = tmp_path_factory.mktemp("noise")
    for name in ("red", "nir"):
        write(folder / f"{name}.tif", floats(name, (300, 300)))
    return folder


def apply(backend: str, out: Path, compress: str) -> list[str | Path]:
    return ["apply", "ndvi", *words("ndvi"), "--backend", backend, "--compress", compress, "--out", out]


@needs_mount
@pytest.mark.parametrize("compress", ["none", "deflate"])
@pytest.mark.parametrize("backend", backend_names())
def test_full_disk(noise: Path, backend: str, compress: str, tmp_path: Path) -> None:
    available(backend)
    small = tmp_path / "small"
    small.mkdir()
    mount = f"mount -t tmpfs -o size=200k tmpfs '{small}'"
    done, left = rasterbout_on(mount, small, *apply(backend, small / "out.tif", compress), cwd=noise)
    refusal(done, statuses=(1, 2))
    assert left == ""


@needs_mount
def test_full_disk_keeps_the_earlier_result(noise: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = f"mount -t tmpfs -o size=200k tmpfs '{small}' && echo good > '{small}/out.tif'"
    done, left = rasterbout_on(mount, small, *apply("rasterio-windows", small / "out.tif", "deflate"), cwd=noise)
    refusal(done, statuses=(1, 2))
    assert left == "out.tif\n"


@needs_mount
def test_read_only_disk(noise: Path, tmp_path: Path) -> None:
    folder = tmp_path / "read-only"
    folder.mkdir()
    mount = f"mount --bind '{folder}' '{folder}' && mount -o remount,ro,bind '{folder}'"
    done, left = rasterbout_on(mount, folder, *apply("rasterio-windows", folder / "out.tif", "none"), cwd=noise)
    assert "read-only" in refusal(done)
    assert left == ""


@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_limit_on_file_sizes(noise: Path, compress: str, tmp_path: Path) -> None:
    """The same without root: the file may not grow beyond 200 kB."""
    done = subprocess.run(
        [sys.executable, "-m", "rasterbout", *map(str, apply("rasterio-windows", tmp_path / "out.tif", compress))],
        cwd=noise, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
    )  # fmt: skip
    refusal(done, statuses=(1, 2))
    assert contents(tmp_path) == {}
