"""The small pictures of inputs and results."""

import numpy as np
import pytest

from rasterbout.error_map import ErrorMap
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.ndvi import Ndvi
from rasterbout.picture import save_picture
from rasterbout.raster import Band
from rasterbout.testing.rasters import integers, write


def test_it_shows_one_pixel_of_each_cell(tmp_path):
    pixels = integers("picture", "uint16", (2, 330, 200))
    raster = write(tmp_path / "a.tif", pixels, nodata=int(pixels[0, 0, 0]))
    result = write(tmp_path / "b.tif", pixels[0].astype("float32"), nodata=np.nan)
    operation = Ndvi(red=Band(raster=raster), nir=Band(raster=raster, index=2))
    save_picture(operation, result.path, ErrorMap((330, 200)), tmp_path / "pictures/p.npz")
    with np.load(tmp_path / "pictures/p.npz") as picture:
        shown = {name: picture[name] for name in picture}
    assert {name: (array.shape, array.dtype.name) for name, array in shown.items()} == dict.fromkeys(
        ("input", "output", "error"), ((110, 67), "float32")
    )
    for row, column in np.ndindex(109, 66):
        cell = pixels[0, row * 3 : row * 3 + 3, column * 3 : column * 3 + 3]
        assert np.isnan(shown["input"][row, column]) or shown["input"][row, column] in cell
        assert shown["output"][row, column] in cell
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tif", "b.tif", "pictures"]


@pytest.mark.parametrize("shape", [(1, 1), (7, 3)])
def test_what_is_small_is_shown_as_it_is(tmp_path, shape):
    pixels = integers("small", "int16", shape)
    raster = write(tmp_path / "a.tif", pixels)
    result = write(tmp_path / "b.tif", pixels.astype("float32"), nodata=np.nan)
    save_picture(Downscale(source=raster, factor=1), result.path, ErrorMap(shape), tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz") as picture:
        np.testing.assert_array_equal(picture["input"], pixels)
        np.testing.assert_array_equal(picture["output"], pixels)
