"""Wrong pixels, each wrong in one way that happens: verify must refuse them all, and accept the right ones."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rasterbout.operations.downscale import Downscale
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.testing.cases.grids import finer
from rasterbout.testing.rasters import write
from rasterbout.verify import require_usable, verify
from right_results import LAYOUT, NAMES, NODATA, RightResult, bands, right_result, undeclared
from slow_truth import slow_truth

Spoil = Callable[[RightResult], NDArray[np.float32]]


@pytest.fixture(scope="session")
def rights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RightResult]:
    """The right results by name of operation, or of resampling."""
    return {name: right_result(tmp_path_factory.mktemp(name), name) for name in NAMES}


def shifted(rows: int, columns: int) -> Spoil:
    return lambda right: np.roll(right.pixels, (rows, columns), axis=(1, 2))


def with_one_pixel(value_of: Callable[[np.float32], float]) -> Spoil:
    """Change the largest pixel."""

    def spoil(right: RightResult) -> NDArray[np.float32]:
        pixels = right.pixels.copy()
        where = right.largest()
        pixels[where] = value_of(pixels[where])
        assert pixels[where] != right.pixels[where]
        return pixels

    return spoil


def one_nan_missing(value: float) -> Spoil:
    def spoil(right: RightResult) -> NDArray[np.float32]:
        pixels = right.pixels.copy()
        pixels[tuple(np.argwhere(right.nans)[-1])] = value
        return pixels

    return spoil


def tile_transposed(right: RightResult) -> NDArray[np.float32]:
    pixels = right.pixels.copy()
    pixels[:, :16, :16] = pixels[:, :16, :16].swapaxes(1, 2)
    return pixels


def last_block(value: float) -> Spoil:
    def spoil(right: RightResult) -> NDArray[np.float32]:
        pixels = right.pixels.copy()
        pixels[:, -len(pixels[0]) // 2 :, -len(pixels[0][0]) // 2 :] = value
        return pixels

    return spoil


def chunk_seam(right: RightResult) -> NDArray[np.float32]:
    """One column between two chunks was never written."""
    pixels = right.pixels.copy()
    pixels[:, :, pixels.shape[2] // 2] = 0
    return pixels


SPOILT_PIXELS: dict[str, Spoil] = {
    "one-column-right": shifted(0, 1),
    "one-column-left": shifted(0, -1),
    "one-row-down": shifted(1, 0),
    "one-row-up": shifted(-1, 0),
    "one-pixel-by-1e-5": with_one_pixel(lambda value: value * (1 + 1e-5)),
    "one-pixel-is-zero": with_one_pixel(lambda _: 0),
    "one-pixel-has-the-other-sign": with_one_pixel(lambda value: -value),
    "one-pixel-is-infinite": with_one_pixel(lambda _: np.inf),
    "one-nan-too-many": with_one_pixel(lambda _: np.nan),
    "one-nan-is-0": one_nan_missing(0),
    "one-nan-is-nodata": one_nan_missing(NODATA),
    "one-nan-is-infinite": one_nan_missing(np.inf),
    "all-nan": lambda right: np.full_like(right.pixels, np.nan),
    "all-zero": lambda right: np.zeros_like(right.pixels),
    "nan-is-0": lambda right: np.nan_to_num(right.pixels, nan=0),
    "tile-transposed": tile_transposed,
    "last-block-nan": last_block(np.nan),
    "last-block-zero": last_block(0),
    "chunk-seam": chunk_seam,
    "float16": lambda right: right.pixels.astype(np.float16).astype(np.float32),
    "upside-down": lambda right: right.pixels[:, ::-1],
    "mirrored": lambda right: right.pixels[:, :, ::-1],
}


def refuse(right: RightResult, path: Path, pixels: NDArray[np.floating]) -> None:
    """Check that the file is usable, and wrong by its pixels alone."""
    right.write(path, pixels)
    require_usable(right.operation, path, LAYOUT)
    verdict = verify(right.operation, path)
    assert not verdict.right
    assert verdict.pixels_wrong > 0
    assert "\n" not in verdict.problem


@pytest.mark.parametrize("name", NAMES)
def test_right_pixels_are_accepted(rights: dict[str, RightResult], name: str, tmp_path: Path) -> None:
    right = rights[name]
    assert right.numbers.sum() > 100
    assert right.nans.sum() > 20
    path = right.write(tmp_path / "out.tif")
    require_usable(right.operation, path, LAYOUT)
    verdict = verify(right.operation, path)
    assert verdict.right, verdict.problem
    assert verdict.pixels_wrong == 0
    assert verdict.pixels_compared == right.defined.sum()
    assert verdict.pixels_left_out == right.defined.size - right.defined.sum()
    assert verdict.max_error <= verdict.tolerance == (0 if name == "nearest" else 1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_well_defined_may_be_anything(rights: dict[str, RightResult], name: str, tmp_path: Path) -> None:
    right = rights[name]
    path = right.write(tmp_path / "out.tif", np.where(right.defined, right.pixels, np.float32(1e30)))
    assert verify(right.operation, path).right


@pytest.mark.parametrize("spoilt", list(SPOILT_PIXELS))
@pytest.mark.parametrize("name", NAMES)
def test_wrong_pixels_are_refused(rights: dict[str, RightResult], name: str, spoilt: str, tmp_path: Path) -> None:
    refuse(rights[name], tmp_path / "out.tif", SPOILT_PIXELS[spoilt](rights[name]))


@pytest.mark.parametrize("name", NAMES)
def test_the_one_wrong_pixel_is_named(rights: dict[str, RightResult], name: str, tmp_path: Path) -> None:
    right = rights[name]
    path = right.write(tmp_path / "out.tif", with_one_pixel(lambda value: value + 1)(right))
    verdict = verify(right.operation, path)
    band, row, column = right.largest()
    assert verdict.pixels_wrong == 1
    assert f"band {band + 1}, row {row}, column {column}:" in verdict.problem


@pytest.mark.parametrize("step", [np.inf, -np.inf], ids=["up", "down"])
def test_nearest_is_exact(rights: dict[str, RightResult], step: float, tmp_path: Path) -> None:
    right, spoil = rights["nearest"], with_one_pixel(lambda value: np.nextafter(value, step))
    refuse(right, tmp_path / "out.tif", spoil(right))


@pytest.mark.parametrize("name", ["ndvi", "mean_ndvi", "downscale", "bilinear", "cubic"])
def test_float32_rounding_is_accepted(rights: dict[str, RightResult], name: str, tmp_path: Path) -> None:
    right = rights[name]
    assert verify(right.operation, right.write(tmp_path / "out.tif", np.nextafter(right.pixels, 2))).right


@pytest.mark.parametrize("name", NAMES)
def test_nodata_read_as_a_value_is_refused(rights: dict[str, RightResult], name: str, tmp_path: Path) -> None:
    right = rights[name]
    values, _ = slow_truth(undeclared(tmp_path, right.operation))
    refuse(right, tmp_path / "out.tif", np.where(right.defined & np.isnan(values), right.pixels, values))


def test_integers_that_wrap_are_refused(rights: dict[str, RightResult], tmp_path: Path) -> None:
    red, nir = bands()
    with np.errstate(divide="ignore", invalid="ignore"):
        wrapped = (nir - red).astype("float32") / (nir + red)
    right = rights["ndvi"]
    refuse(right, tmp_path / "out.tif", np.where(np.isnan(right.pixels), right.pixels, wrapped))


def test_means_of_wrapped_sums_are_refused(rights: dict[str, RightResult], tmp_path: Path) -> None:
    right = rights["downscale"]
    windows = np.stack(bands()).reshape(2, 22, 3, 25, 3)
    wrapped = windows.sum(axis=(2, 4), dtype="int16") / 9
    whole = (windows != NODATA).all(axis=(2, 4))
    refuse(right, tmp_path / "out.tif", np.where(whole, wrapped, right.pixels))


def test_means_over_invalid_pixels_are_refused(rights: dict[str, RightResult], tmp_path: Path) -> None:
    right = rights["downscale"]
    windows = np.stack(bands()).reshape(2, 22, 3, 25, 3).astype(np.float64)
    means = np.where(windows == NODATA, 0, windows).mean(axis=(2, 4))
    refuse(right, tmp_path / "out.tif", np.where(np.isnan(right.pixels), right.pixels, means))


def test_ndvi_of_means_is_refused(rights: dict[str, RightResult], tmp_path: Path) -> None:
    right = rights["mean_ndvi"]
    red, nir = (np.where(band == NODATA, np.nan, band).reshape(22, 3, 25, 3).sum(axis=(1, 3)) for band in bands())
    whole = ~np.isnan(red + nir)
    refuse(right, tmp_path / "out.tif", np.where(whole, (nir - red) / (nir + red), right.pixels))


def test_red_and_nir_swapped_are_refused(rights: dict[str, RightResult], tmp_path: Path) -> None:
    refuse(rights["ndvi"], tmp_path / "out.tif", -rights["ndvi"].pixels)


@pytest.mark.parametrize("name", ["downscale", "nearest", "bilinear", "cubic"])
def test_bands_in_another_order_are_refused(rights: dict[str, RightResult], name: str, tmp_path: Path) -> None:
    refuse(rights[name], tmp_path / "out.tif", rights[name].pixels[::-1])


@pytest.mark.parametrize(("name", "other"), list(permutations(Resampling, 2)))
def test_another_resampling_is_refused(rights: dict[str, RightResult], name: str, other: str, tmp_path: Path) -> None:
    right = rights[name]
    refuse(right, tmp_path / "out.tif", np.where(right.nans, right.pixels, rights[other].pixels))


@pytest.mark.parametrize("name", list(Resampling))
def test_half_a_pixel_off_is_refused(rights: dict[str, RightResult], name: str, tmp_path: Path) -> None:
    """Corners taken for centres: the reference half of a moving pixel off."""
    right = rights[name]
    operation = right.operation
    assert isinstance(operation, Superimpose)
    off = finer(operation.moving.grid, (2.2, 1.9), (-3.1 + 0.5, -2.2 + 0.5), (47, 38))
    values, _ = slow_truth(Superimpose(moving=operation.moving, onto=off, resampling=operation.resampling))
    refuse(right, tmp_path / "out.tif", np.where(right.nans, right.pixels, values))


def test_a_window_of_zeros_must_be_zero(tmp_path: Path) -> None:
    source = write(tmp_path / "a.tif", np.zeros((6, 6), "int16"))
    right = RightResult(
        Downscale(source=source, factor=3), np.zeros((1, 2, 2), "float32"), np.ones((1, 2, 2), dtype=bool)
    )
    assert verify(right.operation, right.write(tmp_path / "right.tif")).right
    refuse(right, tmp_path / "wrong.tif", np.full((1, 2, 2), 1e-9))
