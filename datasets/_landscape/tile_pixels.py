"""The pixels of the generated Sentinel-2 tile: the landscape as int16, with its flaws."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rasterbout.datasets._landscape.fields import Values
from rasterbout.datasets._landscape.flaws import NODATA, flaws, outside_swath
from rasterbout.datasets._landscape.landscape import BANDS, COARSE, Landscape
from rasterbout.window import Window, cut

PIECE_PX = 512  # edge of the windows in which the landscape is drawn; each takes some MB
FLAWS = 1000  # number of the flaws' random stream, far from those of the landscape

Kind = TypeVar("Kind", bound=np.generic)


class TilePixels:
    """A tile of ``size_px`` x ``size_px`` pixels of 10 m, which can be computed in groups of rows, in any order."""

    def __init__(self, size_px: int, seed: int) -> None:
        self._size = size_px
        self._even_size = size_px + size_px % 2  # the area covered by the pixels of 20 m
        self._landscape = Landscape(size_px, seed, PIECE_PX)
        self._patches = flaws(size_px, self._landscape, np.random.default_rng([seed, size_px, FLAWS]))

    def rows(self, first_row: int, count: int) -> Mapping[str, NDArray[np.int16]]:
        """Return the pixels of each band, reflectance x 10000, in ``count`` rows of 10 m; fewer at the end of the tile.

        ``first_row`` and ``count`` are even; `COARSE` has half as many rows and columns, rounded up.
        """
        height = min(count, self._even_size - first_row)
        pixels = {band: np.empty(_shape(band, height, self._even_size), np.int16) for band in BANDS}
        for piece in cut((height, self._even_size), (PIECE_PX, PIECE_PX)):
            on_tile = Window(first_row + piece.row, piece.column, piece.height, piece.width)
            for band, values in zip(BANDS, self._landscape.render(on_tile), strict=True):
                _put(pixels[band], band, piece, values, outside_swath(self._size, band, on_tile))
        for band, patches in self._patches.items():
            patches.overwrite(pixels[band], first_row // _step(band))
        return {band: values if band == COARSE else self._trimmed(values, first_row) for band, values in pixels.items()}

    def _trimmed(self, values: NDArray[np.int16], first_row: int) -> NDArray[np.int16]:
        return values[: self._size - first_row, : self._size]


def _put(target: NDArray[np.int16], band: str, piece: Window, values: Values, unseen: NDArray[np.bool_]) -> None:
    """Round ``values`` into the part ``piece`` of ``target``, given in pixels of 10 m."""
    if band == COARSE:
        values, unseen = _joined(values, np.add) * np.float32(0.25), _joined(unseen, np.logical_or)
    step = _step(band)
    part = target[piece.row // step :, piece.column // step :][: values.shape[0], : values.shape[1]]
    part[:] = np.rint(values)
    part[unseen] = NODATA


def _joined(values: NDArray[Kind], join: np.ufunc) -> NDArray[Kind]:
    """Merge each 2 x 2 pixels into one."""
    pairs = join(values[0::2], values[1::2])
    joined: NDArray[Kind] = join(pairs[:, 0::2], pairs[:, 1::2])
    return joined


def _step(band: str) -> int:
    return 2 if band == COARSE else 1


def _shape(band: str, height: int, width: int) -> tuple[int, int]:
    return height // _step(band), width // _step(band)
