"""The truth of the window means, by hand."""

from pathlib import Path

import numpy as np
import pytest

from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.oracle import Expected, oracle_for
from rasterbout.testing.cases.pairs import pair
from rasterbout.testing.rasters import Pixels, floats, integers, with_holes, write
from rasterbout.window import Window, cut

NAN = np.nan


def expected(operation: Downscale | MeanNdvi) -> Expected:
    with oracle_for(operation) as oracle:
        return oracle.expected(Window(0, 0, *operation.grid.shape))


def downscaled(folder: Path, pixels: Pixels, factor: int, **how: object) -> Expected:
    return expected(Downscale(source=write(folder / "a.tif", pixels, **how), factor=factor))


def test_literal_means(tmp_path: Path) -> None:
    pixels = np.array([[1, 2, 30, 40], [3, 6, 50, 60], [-1, -1, 7, 8], [-1, -1, 9, 10]], "int16")
    assert downscaled(tmp_path, pixels, 2).values.tolist() == [[[3.0, 45.0], [-1.0, 8.5]]]


def test_incomplete_windows_are_dropped(tmp_path: Path) -> None:
    pixels = np.array([[1, 2, 99], [3, 6, 99], [99, 99, 99]], "uint8")
    assert downscaled(tmp_path, pixels, 2).values.tolist() == [[[3.0]]]


def test_only_valid_pixels_count(tmp_path: Path) -> None:
    pixels = np.array([[1, -9, -9, -9], [-9, 6, -9, -9], [4, 4, -9, 5], [4, -9, -9, -9]], "int16")
    np.testing.assert_array_equal(downscaled(tmp_path, pixels, 2, nodata=-9).values, [[[3.5, NAN], [4.0, 5.0]]])


def test_nan_counts_as_invalid_without_a_declaration(tmp_path: Path) -> None:
    pixels = np.array([[1, NAN], [2, -9]], "float32")
    assert downscaled(tmp_path, pixels, 2).values.item() == -2.0
    assert downscaled(tmp_path, pixels, 2, nodata=-9).values.item() == 1.5


def test_factor_1_keeps_the_pixels(tmp_path: Path) -> None:
    pixels = integers("keep", "uint16", (7, 5))
    np.testing.assert_array_equal(downscaled(tmp_path, pixels, 1).values[0], pixels)


def test_the_whole_raster(tmp_path: Path) -> None:
    pixels = integers("whole", "int16", (6, 8))
    got = downscaled(tmp_path, pixels, 6).values
    assert got.tolist() == [[[sum(int(p) for p in pixels[:, :6].ravel()) / 36]]]


def test_bands_are_averaged_apart(tmp_path: Path) -> None:
    pixels = np.array([[[1, 3], [-9, -9]], [[-9, -9], [5, -9]]], "int16")
    assert downscaled(tmp_path, pixels, 2, nodata=-9).values.tolist() == [[[2.0]], [[5.0]]]


def test_errors_are_relative_to_the_largest_valid_pixel(tmp_path: Path) -> None:
    pixels = np.array([[1, -7, 0, 0], [3, 32767, 0, 0]], "int16")
    scale = downscaled(tmp_path, pixels, 2, nodata=32767).scale
    assert scale[0, 0, 0] == 7
    assert 0 < scale[0, 0, 1] < 1e-30  # a window of zeros must give zero


def test_mean_of_ndvi_and_not_ndvi_of_means(tmp_path: Path) -> None:
    ndvi = pair(tmp_path, np.array([[1, 3], [0, 9]], "int16"), np.array([[3, 1], [8, 0]], "int16"))
    got = expected(MeanNdvi(red=ndvi.red, nir=ndvi.nir, factor=2))
    assert got.values.item() == (0.5 - 0.5 + 1 - 1) / 4
    assert got.scale.item() == 1


def test_mean_ndvi_leaves_out_invalid_pixels_and_sums_of_zero(tmp_path: Path) -> None:
    red = np.array([[1, -4, -9, 0], [3, 5, 2, -9]], "int16")
    nir = np.array([[3, 4, 3, 0], [-2, -9, -2, 1]], "int16")
    ndvi = pair(tmp_path, red, nir, nodata=-9)
    got = expected(MeanNdvi(red=ndvi.red, nir=ndvi.nir, factor=2))
    np.testing.assert_array_equal(got.values, [[[(0.5 - 5) / 2, NAN]]])
    assert got.scale[0, 0, 0] == 5


@pytest.mark.parametrize("factor", [1, 2, 3, 5, 7, 10, 16])
def test_pieces_are_parts_of_the_whole(tmp_path: Path, factor: int) -> None:
    pixels = with_holes("pieces", floats("pieces", (50, 67), -1, 1), NAN, share=0.5)
    operation = Downscale(source=write(tmp_path / "a.tif", pixels), factor=factor)
    whole = expected(operation)
    with oracle_for(operation) as oracle:
        for window in cut(operation.grid.shape, (2, 3)):
            part = oracle.expected(window)
            np.testing.assert_array_equal(part.values, whole.values[:, *window.slices])
            np.testing.assert_array_equal(part.scale, whole.scale[:, *window.slices])


def test_windows_larger_than_a_slab_of_the_oracle(tmp_path: Path) -> None:
    """A window of more than 2048 rows is added up slab by slab."""
    factor = 2500
    pixels = with_holes("slabs", integers("slabs", "int16", (factor, 2 * factor)), -10000, share=0.001)
    operation = Downscale(source=write(tmp_path / "a.tif", pixels, nodata=-10000), factor=factor)
    with oracle_for(operation) as oracle:
        assert oracle.piece == (1, 1)
        got = [oracle.expected(window) for window in cut(operation.grid.shape, oracle.piece)]
    for index, part in enumerate(got):
        half = pixels[:, index * factor : (index + 1) * factor].astype(np.int64)
        valid = half[half != -10000]
        assert part.values.item() == pytest.approx(valid.sum() / valid.size, rel=1e-14)
        assert part.scale.item() == np.abs(valid).max()
