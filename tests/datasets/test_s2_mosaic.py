"""The mosaic: the tile's pixels again and again, in files that hold none."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from rasterbout.contract import Layout, Output, perform
from rasterbout.datasets import load, s2_tile
from rasterbout.errors import BadInput
from rasterbout.registry import load_backend
from rasterbout.resources import Resources
from rasterbout.verify import verify

TILE_PX = 64


@pytest.fixture(autouse=True)
def _small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s2_tile, "SIZE_PX", TILE_PX)


def pixels(file: Path) -> np.ndarray:
    with rasterio.open(file) as source:
        return source.read(1)


@pytest.mark.parametrize("size", [50, 64, 150])
def test_it_shows_the_tile_again_and_again(size: int) -> None:
    mosaic, tile = load("s2-mosaic", size=size), load("s2-tile")
    assert mosaic.size == (size, size)
    for shown, behind in zip(mosaic.rasters, tile.rasters, strict=True):
        once = pixels(behind.path)
        repeats = -(-shown.grid.width // len(once))
        expected = np.tile(once, (repeats, repeats))[: shown.grid.height, : shown.grid.width]
        assert np.array_equal(pixels(shown.path), expected)
        assert (shown.nodata, shown.dtype) == (behind.nodata, behind.dtype)


def test_it_takes_no_disk_and_names_the_files_behind_it() -> None:
    scene = load("s2-mosaic", size=20 * TILE_PX)
    tile = {raster.path for raster in load("s2-tile").rasters}
    assert sum(raster.path.stat().st_size for raster in scene.rasters) < 20 * TILE_PX * 20 * TILE_PX
    assert {file for raster in scene.rasters for file in raster.files if file.suffix == ".tif"} == tile


@pytest.mark.parametrize("backend", ["numba-fused", "rasterio-windows"])
def test_every_operation_on_it_is_right(backend: str, tmp_path: Path) -> None:
    scene = load("s2-mosaic", size=150, layout=Layout(blocks="strips", compression="deflate"))
    with load_backend(backend).open(Resources(workers=2, chunk=32)) as session:
        for name, operation in scene.operations().items():
            out = Output(path=tmp_path / f"{name}.tif")
            perform(session, operation, out)
            assert verify(operation, out.path).problem == ""


def test_it_has_no_size_below_that_of_the_tile() -> None:
    with pytest.raises(BadInput, match="s2-mosaic: size 15 is too small; choose 16"):
        load("s2-mosaic", size=15)
