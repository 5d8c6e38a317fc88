"""Pixel texture, drawn once and repeated over the tile."""

import numpy as np

from rasterbout.datasets._landscape.fields import Mesh, Values, fractal
from rasterbout.window import Window

PERIOD_PX = 1024
LONGEST_PX = 16


class Texture:
    """A periodic pattern of pixels; a window of at most ``reach_px`` x ``reach_px`` is a view of it."""

    def __init__(self, pattern: Values, reach_px: int) -> None:
        self._pattern = np.pad(pattern, (0, reach_px), mode="wrap")
        self._period = len(pattern)

    @classmethod
    def grain(cls, reach_px: int, rng: np.random.Generator) -> "Texture":
        """Return patches of 2 to 16 pixels, within about -1 and 1."""
        octaves = LONGEST_PX.bit_length() - 1
        mesh = Mesh(cell_px=1, octaves=octaves, coarsest=PERIOD_PX // LONGEST_PX, tile=PERIOD_PX)
        return cls(fractal(mesh, 0.8, rng), reach_px)

    @classmethod
    def noise(cls, reach_px: int, rng: np.random.Generator) -> "Texture":
        """Return independent pixels, around 0, with a standard deviation of 0.4 and without outliers."""
        pattern = rng.random((2, PERIOD_PX, PERIOD_PX), dtype=np.float32)
        return cls(pattern[0] - pattern[1], reach_px)

    def sample(self, window: Window, shift_px: int = 0) -> Values:
        """Return the pixels of ``window``, (height, width); another ``shift_px`` gives unrelated ones."""
        row, column = ((start + shift_px) % self._period for start in (window.row, window.column))
        return self._pattern[row : row + window.height, column : column + window.width]
