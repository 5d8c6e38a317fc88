"""The truth of NDVI, by hand."""

from pathlib import Path

import numpy as np
import pytest

from rasterbout.operations.ndvi import Ndvi
from rasterbout.oracle import Expected, oracle_for
from rasterbout.raster import Band
from rasterbout.testing.cases.pairs import pair
from rasterbout.testing.rasters import write
from rasterbout.window import Window

NAN = np.nan


def expected(operation: Ndvi) -> Expected:
    with oracle_for(operation) as oracle:
        return oracle.expected(Window(0, 0, *operation.grid.shape))


def one_row(folder: Path, dtype: str, red: list[float], nir: list[float], **how: object) -> list[float]:
    """The NDVI of one row of pixels."""
    return expected(pair(folder, np.array([red], dtype), np.array([nir], dtype), **how)).values[0, 0].tolist()


def test_a_row_of_literal_numbers(tmp_path: Path) -> None:
    got = one_row(tmp_path, "int16", [1, 3, 0, 5, 2], [3, 1, 7, 0, 2])
    assert got == [0.5, -0.5, 1.0, -1.0, 0.0]


def test_int16_does_not_wrap(tmp_path: Path) -> None:
    got = one_row(tmp_path, "int16", [20000, 32767, -32768, 30000], [15000, 32767, -32768, -30001])
    assert got == [-5000 / 35000, 0.0, 0.0, 60001.0]


def test_uint16_does_not_wrap(tmp_path: Path) -> None:
    assert one_row(tmp_path, "uint16", [50000, 3], [40000, 1]) == [-10000 / 90000, -0.5]


def test_uint8_does_not_wrap(tmp_path: Path) -> None:
    assert one_row(tmp_path, "uint8", [200, 250], [100, 6]) == [-1 / 3, -244 / 256]


def test_sum_of_zero_is_nan(tmp_path: Path) -> None:
    np.testing.assert_array_equal(one_row(tmp_path, "int16", [0, -4, 4, 1], [0, 4, -4, 0]), [NAN, NAN, NAN, -1])


def test_nodata_of_either_is_nan(tmp_path: Path) -> None:
    got = one_row(tmp_path, "int16", [-9, 1, -9, 1], [3, -9, -9, 3], nodata=-9)
    np.testing.assert_array_equal(got, [NAN, NAN, NAN, 0.5])


def test_each_file_has_its_own_nodata(tmp_path: Path) -> None:
    got = one_row(tmp_path, "int16", [-9, 0, 1, 7], [3, 3, -9, 0], nodata=-9, nir_how={"nodata": 0})
    np.testing.assert_array_equal(got, [NAN, 1, (-9 - 1) / (-9 + 1), NAN])


def test_nan_is_nan_declared_or_not(tmp_path: Path) -> None:
    for nodata in (None, NAN, -1):
        got = one_row(tmp_path, "float32", [NAN, 1, 0.5], [1, NAN, 1.5], nodata=nodata)
        np.testing.assert_array_equal(got, [NAN, NAN, 0.5])


def test_nodata_is_compared_as_the_pixels_hold_it(tmp_path: Path) -> None:
    got = one_row(tmp_path, "float32", [-9999.1, 1], [1, 3], nodata=-9999.1)
    np.testing.assert_array_equal(got, [NAN, 0.5])


def test_bands_are_counted_from_one(tmp_path: Path) -> None:
    source = write(tmp_path / "a.tif", np.arange(1, 6, dtype="int16").reshape(5, 1, 1))
    ndvi = Ndvi(red=Band(raster=source, index=3), nir=Band(raster=source, index=4))
    assert expected(ndvi).values.item() == 1 / 7


def test_errors_are_relative_beyond_one(tmp_path: Path) -> None:
    ndvi = pair(tmp_path, np.array([[-3, 1, -9]], "int16"), np.array([[4, 3, 9]], "int16"))
    assert expected(ndvi).values[0, 0, :2].tolist() == [7.0, 0.5]
    assert expected(ndvi).scale.tolist() == [[[7.0, 1.0, 1.0]]]


def test_every_pixel_is_compared(tmp_path: Path) -> None:
    ndvi = pair(tmp_path, np.zeros((4, 3), "uint8"), np.zeros((4, 3), "uint8"))
    assert expected(ndvi).defined.all()


@pytest.mark.parametrize("window", [Window(0, 0, 3, 4), Window(2, 5, 6, 2), Window(8, 0, 1, 9)])
def test_a_window_is_a_part_of_the_whole(tmp_path: Path, window: Window) -> None:
    red, nir = np.indices((9, 9), dtype="int16")
    ndvi = pair(tmp_path, red, nir * 2)
    with oracle_for(ndvi) as oracle:
        part = oracle.expected(window)
    for name in ("values", "scale", "defined"):
        np.testing.assert_array_equal(getattr(part, name), getattr(expected(ndvi), name)[:, *window.slices])
