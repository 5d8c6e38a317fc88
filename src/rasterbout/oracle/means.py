"""The oracles of downscale and mean_ndvi, which average windows."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.oracle.expected import Expected, Float64
from rasterbout.oracle.ndvi import ndvi
from rasterbout.oracle.pixels import Pixels
from rasterbout.window import Window, cut

SOURCE_EDGE = 2048  # source pixels in memory at once, along each side

Read = Callable[[Window], Float64]


class DownscaleOracle:
    """The mean of the valid pixels of each window; errors are relative to the window's largest absolute value."""

    tolerance = 1e-6

    def __init__(self, operation: Downscale, pixels: Mapping[Path, Pixels]) -> None:
        self._factor = operation.factor
        self._bands = list(range(1, operation.count + 1))
        self._source = pixels[operation.source.path]
        self.piece = _piece(operation.factor)

    def expected(self, window: Window) -> Expected:
        """Return the right means."""
        return window_means(lambda source: self._source.read(source, self._bands), window, self._factor, 0.0)


class MeanNdviOracle:
    """The mean of the valid NDVI values of each window; errors are relative to the largest of them, at least 1."""

    tolerance = 1e-6

    def __init__(self, operation: MeanNdvi, pixels: Mapping[Path, Pixels]) -> None:
        self._operation = operation
        self._pixels = pixels
        self.piece = _piece(operation.factor)

    def expected(self, window: Window) -> Expected:
        """Return the right means."""
        return window_means(
            lambda source: ndvi(self._operation, self._pixels, source), window, self._operation.factor, 1.0
        )


def window_means(read: Read, window: Window, factor: int, least_scale: float) -> Expected:
    """Average the valid pixels of each ``factor`` x ``factor`` window that ``window`` covers.

    Parameters
    ----------
    read
        Returns the source's pixels in a window, shape (bands, rows, columns), NaN where invalid.
    least_scale
        Lower bound of the scale of errors.
    """
    total, valid, largest = (np.zeros((1, window.height, window.width)) for _ in range(3))
    for slab in _slabs(window, factor):
        pixels = read(slab)
        split = pixels.reshape(len(pixels), window.height, -1, window.width, factor)
        total = total + np.nansum(split, axis=(2, 4))
        valid = valid + np.count_nonzero(~np.isnan(split), axis=(2, 4))
        largest = np.maximum(largest, np.fmax.reduce(np.abs(split), axis=(2, 4), initial=0.0))
    with np.errstate(invalid="ignore"):
        values = total / valid
    return Expected(
        values=values,
        scale=np.maximum(largest, max(least_scale, float(np.finfo(np.float32).tiny))),
        defined=np.ones(values.shape, dtype=bool),
    )


def _slabs(window: Window, factor: int) -> list[Window]:
    """Cut the source of ``window`` into slabs that fit into memory: one, or parts of a single row of windows."""
    source = window.refine(factor)
    if source.height <= SOURCE_EDGE:
        return [source]
    assert window.height == 1
    rows = max(1, SOURCE_EDGE**2 // source.width)
    slabs = cut((source.height, source.width), (rows, source.width))
    return [Window(source.row + slab.row, source.column, slab.height, slab.width) for slab in slabs]


def _piece(factor: int) -> tuple[int, int]:
    edge = max(1, SOURCE_EDGE // factor)
    return edge, edge
