"""Pixels of a file as float64, NaN where they are nodata."""

import math
from types import TracebackType
from typing import Self

import numpy as np
import rasterio
import rasterio.windows
from numpy.typing import NDArray

from rasterbout.oracle.expected import Float64
from rasterbout.raster import Raster
from rasterbout.window import Window


class Pixels:
    """An open raster, read window by window."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        self._file = rasterio.open(raster.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, window: Window, bands: list[int]) -> Float64:
        """Return the pixels of ``window``, which must lie inside the raster, shape (bands, rows, columns)."""
        block = rasterio.windows.Window(window.column, window.row, window.width, window.height)
        return self._as_numbers(self._file.read(bands, window=block))

    def sample(self, edge: int) -> Float64:
        """Return the first band with one pixel per square of ``edge`` pixels, shape (rows, columns)."""
        height, width = self._raster.grid.shape
        stored = self._file.read(1, out_shape=(math.ceil(height / edge), math.ceil(width / edge)))
        return self._as_numbers(stored)

    def read_padded(self, window: Window) -> Float64:
        """Return all bands of ``window``, NaN where it reaches beyond the raster."""
        height, width = self._raster.grid.shape
        padded = np.full((self._raster.count, window.height, window.width), np.nan)
        top, bottom = np.clip((window.row, window.row + window.height), 0, height).tolist()
        left, right = np.clip((window.column, window.column + window.width), 0, width).tolist()
        if top < bottom and left < right:
            inside = Window(top - window.row, left - window.column, bottom - top, right - left)
            bands = list(range(1, self._raster.count + 1))
            padded[:, *inside.slices] = self.read(Window(top, left, bottom - top, right - left), bands)
        return padded

    def _as_numbers(self, stored: NDArray[np.generic]) -> Float64:
        pixels: Float64 = stored.astype(np.float64)
        if self._raster.nodata is not None:
            pixels[stored == stored.dtype.type(self._raster.nodata)] = np.nan
        return pixels
