"""Map of the errors of a result: the largest error in each cell of a coarse grid."""

import math

import numpy as np
from numpy.typing import NDArray

from rasterbout.window import Window

MOST_CELLS = 160  # along an edge: the resolution of a small picture


def cell_edge(shape: tuple[int, int]) -> int:
    """Return the edge of a cell in pixels, for a raster of ``shape`` (rows, columns)."""
    return max(1, math.ceil(max(shape) / MOST_CELLS))


class ErrorMap:
    """Collects the errors of a raster of ``shape`` (rows, columns), window by window.

    Attributes
    ----------
    largest
        float64, shape (cell rows, cell columns): the largest error relative to its scale over all bands;
        infinite where only one of result and oracle is NaN, NaN where nothing was compared.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self._edge = cell_edge(shape)
        self.largest = np.full(tuple(math.ceil(length / self._edge) for length in shape), np.nan)

    def add(self, window: Window, error: NDArray[np.float64], defined: NDArray[np.bool_]) -> None:
        """Add the errors of ``window``, shape (bands, rows, columns), NaN where only one of the two is NaN."""
        compared = np.where(np.isnan(error), np.inf, error)
        compared[~defined] = np.nan
        rows, columns = (self._starts(start, length) for start, length in zip(*self._extent(window), strict=True))
        cells = np.fmax.reduceat(np.fmax.reduceat(np.fmax.reduce(compared), rows, axis=0), columns, axis=1)
        top, left = window.row // self._edge, window.column // self._edge
        self._take(cells, (slice(top, top + len(rows)), slice(left, left + len(columns))))

    def merge(self, other: "ErrorMap") -> None:
        """Add the errors that ``other`` has collected from the same raster."""
        self._take(other.largest, (slice(None), slice(None)))

    def _take(self, cells: NDArray[np.float64], where: tuple[slice, slice]) -> None:
        self.largest[where] = np.fmax(self.largest[where], cells)

    def _starts(self, start: int, length: int) -> NDArray[np.int64]:
        """Return the first index of each cell, relative to ``start``."""
        first = -(start % self._edge)
        return np.maximum(np.arange(first, length, self._edge), 0)

    @staticmethod
    def _extent(window: Window) -> tuple[tuple[int, int], tuple[int, int]]:
        return (window.row, window.column), (window.height, window.width)
