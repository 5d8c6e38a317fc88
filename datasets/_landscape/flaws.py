"""The flaws of real products: nodata, and sums that are zero, negative or overflow."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rasterbout.datasets._landscape.landscape import BANDS, COARSE, Landscape
from rasterbout.window import Window

NODATA = -10000

SWATH_SLOPE = 0.23  # columns per row: a descending orbit, seen at mid latitudes
SWATH_START = 1.10  # column where the swath ends in the first row, as a share of the edge
SWATH_SHIFT_PX = {"B2": 0, "B3": 2, "B4": 3, "B8": 1, "B11": 5}  # the detectors of each band end at another place

SQUARE_PX = 8  # each flaw has its own square with this edge, so that none hides another
SQUARES_PER_FLAW = 1500
DARK_SHARE = 0.03
BRIGHT_SHARE = 0.08

Index = NDArray[np.intp]
Pixels = NDArray[np.int16]


@dataclass(frozen=True)
class Patches:
    """Pixels of one band to overwrite: rows (sorted), columns and values, (n,) each."""

    rows: Index
    columns: Index
    values: Pixels

    def overwrite(self, pixels: Pixels, first_row: int) -> None:
        """Overwrite those that lie in ``pixels``, which are full rows of the band from ``first_row`` on."""
        first, last = np.searchsorted(self.rows, (first_row, first_row + len(pixels)))
        chosen = slice(int(first), int(last))
        pixels[self.rows[chosen] - first_row, self.columns[chosen]] = self.values[chosen]


def outside_swath(size_px: int, band: str, window: Window) -> NDArray[np.bool_]:
    """Return a mask (height, width) of the 10 m pixels of ``window`` that the satellite did not see."""
    end = SWATH_START * size_px - SWATH_SHIFT_PX[band]
    rows = np.arange(window.row, window.row + window.height)[:, None]
    columns = np.arange(window.column, window.column + window.width)
    return np.asarray(columns > end - SWATH_SLOPE * rows)


def flaws(size_px: int, landscape: Landscape, rng: np.random.Generator) -> Mapping[str, Patches]:
    """Return the pixels to overwrite in each of `BANDS`, for a tile of ``size_px`` x ``size_px``.

    A tile of 64 or more pixels has at least one of each kind: red and near infrared whose sum is 0,
    both 0 or not, as over dark water; a negative sum; a sum beyond int16, as over a saturated cloud;
    a hole in all bands, and one in each band alone.
    """
    squares = _Squares(size_px, landscape, rng)
    many = squares.count // SQUARES_PER_FLAW
    draft = _Draft()
    for square in squares.dark(max(3, many)):
        cancelling = rng.integers(-6, 7, (3, 3))
        cancelling[0, :2] = 0, 3
        draft.put("B4", square, -cancelling)
        draft.put("B8", square, cancelling)
    for square in squares.dark(max(1, many)):
        draft.put("B4", square, rng.integers(-20, -8, (2, 3)))
        draft.put("B8", square, rng.integers(-8, 8, (2, 3)))
    for square in squares.bright(max(2, many)):
        draft.put("B4", square, rng.integers(18000, 21000, (2, 2)))
        draft.put("B8", square, rng.integers(15000, 19000, (2, 2)))
    for number, square in enumerate(squares.any(max(7, 2 * many))):
        hole = np.full(rng.integers(1, SQUARE_PX + 1, 2), NODATA)
        for band in BANDS if number % 7 > 4 else (BANDS[number % 7],):
            draft.put(band, square, hole)
    return draft.patches()


class _Squares:
    """The squares that the satellite saw; each is taken at most once."""

    def __init__(self, size_px: int, landscape: Landscape, rng: np.random.Generator) -> None:
        edge = np.arange(size_px // SQUARE_PX) * SQUARE_PX
        self._corners = np.stack(np.meshgrid(edge, edge, indexing="ij"), axis=-1).reshape(-1, 2)
        self.count = len(self._corners)
        last = self._corners + SQUARE_PX - 1
        end = SWATH_START * size_px - max(SWATH_SHIFT_PX.values())
        self._free = last[:, 1] <= end - SWATH_SLOPE * last[:, 0]
        self._cloud = landscape.cloud.nearest(self._corners)
        self._height = landscape.ground.height.nearest(self._corners)
        self._rng = rng

    def dark(self, count: int) -> Index:
        """Take squares of cloudless water, as (row, column) in pixels, (count, 2)."""
        return self._take(count, DARK_SHARE, self._height + (self._cloud > 0.8))

    def bright(self, count: int) -> Index:
        """Take squares of thick cloud."""
        return self._take(count, BRIGHT_SHARE, -self._cloud)

    def any(self, count: int) -> Index:
        """Take squares from all over the tile."""
        return self._take(count, 1, self._cloud)

    def _take(self, count: int, share: float, rank: NDArray[np.float32]) -> Index:
        free = np.flatnonzero(self._free)
        suited = free[np.argsort(rank[free], kind="stable")][: max(count, int(share * len(free)))]
        taken = self._rng.permutation(suited)[:count]
        self._free[taken] = False
        corners: Index = self._corners[taken]
        return corners


class _Draft:
    """Collects patches."""

    def __init__(self) -> None:
        self._pixels: dict[str, list[tuple[Index, Index, NDArray[np.int64]]]] = defaultdict(list)

    def put(self, band: str, corner: Index, values: NDArray[np.int64]) -> None:
        """Add ``values`` (height, width), in pixels of 10 m, whose top left is at ``corner``."""
        rows, columns = (np.indices(values.shape) + corner[:, None, None]).reshape(2, -1)
        coarser = 2 if band == COARSE else 1
        self._pixels[band].append((rows // coarser, columns // coarser, values.ravel()))

    def patches(self) -> Mapping[str, Patches]:
        """Return the patches of each band."""
        return {band: _sorted(pixels) for band, pixels in self._pixels.items()}


def _sorted(pixels: list[tuple[Index, Index, NDArray[np.int64]]]) -> Patches:
    rows, columns, values = (np.concatenate(part) for part in zip(*pixels, strict=True))
    order = np.argsort(rows, kind="stable")
    return Patches(rows[order], columns[order], values[order].astype(np.int16))
