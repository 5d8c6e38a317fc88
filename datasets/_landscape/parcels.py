"""The parcels of farmland: rows of fields, in a direction that changes from region to region."""

import numpy as np

from rasterbout.datasets._landscape.fields import Values
from rasterbout.window import Window

DIRECTIONS = np.array([[0.956, 0.292], [0.799, -0.602], [0.545, 0.839], [0.988, -0.156], [0.391, 0.920]], np.float32)
SHORT_PX = 13  # width of a row of parcels
LENGTHS_PX = (10, 38)
KINDS = 1 << 16  # size of the table from which a parcel draws its crop
FAR_PX = 1 << 16  # keeps positions positive, so that truncation rounds down
HEDGE = 0.08  # share of a row's width


class Parcels:
    """Crops and hedges of every pixel."""

    def __init__(self, rng: np.random.Generator) -> None:
        shortest, longest = LENGTHS_PX
        self._per_length = 1 / (shortest + (longest - shortest) * rng.random(256, dtype=np.float32))
        self._offset = longest * rng.random(256, dtype=np.float32)
        self._crop = rng.random(KINDS, dtype=np.float32)

    def sample(self, window: Window, region: Values, bend: Values) -> tuple[Values, Values]:
        """Return the crop (0 to 1, uniform) of every pixel, and a mask of the hedges, (height, width).

        Parameters
        ----------
        region
            Selects the direction of the rows, 0 to 1.
        bend
            Displacement of the rows, in pixels.
        """
        zone = np.minimum((region * len(DIRECTIONS)).astype(np.intp), len(DIRECTIONS) - 1)
        cosine, sine = DIRECTIONS[:, 0][zone], DIRECTIONS[:, 1][zone]
        y = np.arange(window.row, window.row + window.height, dtype=np.float32)[:, None]
        x = np.arange(window.column, window.column + window.width, dtype=np.float32)
        across = (y * cosine - x * sine + bend + FAR_PX) * np.float32(1 / SHORT_PX)
        row = across.astype(np.int32)
        along = x * cosine + y * sine + FAR_PX
        row_kind = row & 255
        parcel = ((along + self._offset[row_kind]) * self._per_length[row_kind]).astype(np.int32)
        crop = self._crop[(parcel * 2909 + row * 613 + zone * 8699) & (KINDS - 1)]
        return crop, (across - row < HEDGE).astype(np.float32)
