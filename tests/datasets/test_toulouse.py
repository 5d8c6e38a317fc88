"""The images of Toulouse, against the originals."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio

from rasterbout.contract import Layout
from rasterbout.datasets import load, toulouse
from rasterbout.errors import BadInput
from rasterbout.header import read_header
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.superimpose import Superimpose

STRIPS = Layout(blocks="strips", compression="deflate")


def pixels(file: Path) -> np.ndarray:
    with rasterio.open(file) as source:
        return np.asarray(source.read())


def test_sums_are_those_of_the_originals(samples: Path) -> None:
    for name, digest in toulouse.ORIGINALS.items():
        assert hashlib.sha256((samples / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("layout", [Layout(), STRIPS])
def test_the_pair_as_it_is_in_another_layout(layout: Layout, samples: Path) -> None:
    folder = load("toulouse", layout=layout).rasters[0].path.parent
    for name in toulouse.ORIGINALS:
        original, copy = read_header(samples / name), read_header(folder / name)
        np.testing.assert_array_equal(pixels(copy.path), pixels(original.path))
        assert copy.grid == original.grid
        assert (copy.count, copy.dtype, copy.nodata) == (original.count, "int16", None)
        assert copy.block_shape == ((512, 512) if layout.blocks == "tiled" else (32, 500))
        assert copy.compression == layout.compression


def test_xs_at_2m4_is_the_rounded_mean_of_4_x_4(samples: Path) -> None:
    operation = load("toulouse-2m4", layout=STRIPS).operation("downscale")
    assert isinstance(operation, Downscale)
    original = read_header(samples / toulouse.XS)
    fine, coarse = pixels(original.path).astype(int), pixels(operation.source.path)
    assert coarse.shape == (4, 125, 125)
    for band, row, column in ((0, 0, 0), (1, 17, 80), (2, 64, 3), (3, 124, 124)):
        window = fine[band, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        assert coarse[band, row, column] == round(int(window.sum()) / 16)
    assert operation.source.dtype == "int16"
    assert operation.source.grid == original.grid.coarsen(4)


@pytest.mark.parametrize(("name", "coarse_shape", "pixel_m"), [("toulouse", 100, 0.6), ("toulouse-2m4", 25, 2.4)])
def test_operations(name: str, coarse_shape: int, pixel_m: float, samples: Path) -> None:
    scene = load(name)
    assert (scene.name, scene.size) == (name, (500, 500))
    ndvi, downscale, mean_ndvi, superimpose = scene.operations().values()
    assert isinstance(ndvi, Ndvi)
    assert (ndvi.red.index, ndvi.nir.index) == (3, 4)
    assert ndvi.inputs == downscale.inputs == mean_ndvi.inputs == superimpose.inputs
    assert ndvi.red.raster.grid.transform.a == pytest.approx(pixel_m)
    assert isinstance(downscale, Downscale)
    assert isinstance(mean_ndvi, MeanNdvi)
    assert downscale.grid.shape == mean_ndvi.grid.shape == (coarse_shape, coarse_shape)
    assert downscale.count == 4
    assert isinstance(superimpose, Superimpose)
    assert superimpose.onto == read_header(samples / toulouse.PAN).grid
    assert superimpose.moving == ndvi.red.raster


def test_a_damaged_original_is_named(samples: Path, cache: Path) -> None:
    xs = samples / toulouse.XS
    content = bytearray(xs.read_bytes())
    content[1000] ^= 1
    xs.write_bytes(content)
    with pytest.raises(BadInput, match=rf"{xs}: damaged.*{toulouse.XS_SHA256}.*tools/install_otb.sh"):
        load("toulouse")


def test_without_the_originals_the_message_says_how_to_get_them(cache: Path) -> None:
    with pytest.raises(BadInput, match=rf"{cache}/otb/samples/.*PAN.tif: no such file; run tools/install_otb.sh"):
        load("toulouse-2m4")


def test_what_was_made_needs_the_originals_no_more(samples: Path) -> None:
    first = load("toulouse")
    shutil.rmtree(samples)
    assert load("toulouse") == first


def test_size_cannot_be_chosen(samples: Path) -> None:
    with pytest.raises(BadInput, match="toulouse: its size cannot be chosen, got 64; only s2-mosaic and s2-tile have"):
        load("toulouse", size=64)
