"""The ground of the synthetic landscape: farmland, meadows, forests, towns, lakes and rivers."""

from collections.abc import Iterator

import numpy as np

from rasterbout.datasets._landscape.fields import Field, Mesh, Values, equalised, fractal, relief
from rasterbout.datasets._landscape.parcels import Parcels
from rasterbout.window import Window

# Reflectance x 10000 of B2, B3, B4, B8, B11.
Spectrum = tuple[int, int, int, int, int]
SOIL: Spectrum = (950, 1250, 1650, 2350, 3100)
CROP: Spectrum = (270, 560, 330, 4300, 1800)
MEADOW: Spectrum = (420, 740, 680, 2900, 2300)
FOREST: Spectrum = (190, 370, 220, 2800, 1250)
TOWN: Spectrum = (1350, 1450, 1550, 2150, 2050)
CLEAR_WATER: Spectrum = (420, 380, 190, 90, 40)
TURBID_WATER: Spectrum = (800, 1050, 850, 330, 70)

FOREST_SHARE = 0.28
TOWN_SHARE = 0.04
LAKE_SHARE = 0.05
HILLS_SHARE = 0.35
RIVER_PX = 14
BEND_PX = 60  # largest displacement of the rows of parcels


class Ground:
    """Land cover and illumination of each pixel."""

    def __init__(self, mesh: Mesh, rngs: Iterator[np.random.Generator]) -> None:
        def field(values: Values) -> Field:
            return Field(values, mesh.cell_px)

        def random(roughness: float) -> Values:
            return equalised(mesh, fractal(mesh, roughness, next(rngs)))

        height = random(0.48)
        self.height = field(height)
        self._light = field(relief(height, 0.25))
        self._meander = field(random(0.40))
        self._forest = field(random(0.68))
        self._town = field(random(0.85))
        self._humidity = field(random(0.50))
        self._region = field(random(0.40))
        self._parcels = Parcels(next(rngs))
        self._sharpness = np.float32(0.4 * mesh.structure_px)
        self._bend_px = min(BEND_PX, mesh.structure_px // 8)
        self._river = RIVER_PX / max(mesh.structure_px, 8 * RIVER_PX)

    def light(self, window: Window) -> Values:
        """Return the brightness of the relief, around 1."""
        return self._light.sample(window)

    def layers(self, window: Window, grain: Values) -> Iterator[tuple[Values, Spectrum]]:
        """Yield the layers over `SOIL` from the bottom up, as opacity (0 to 1) and colour."""
        height = self.height.sample(window)
        humidity = self._humidity.sample(window)
        region = self._region.sample(window)
        crop, hedge = self._parcels.sample(window, region, self._bend_px * humidity)
        yield np.clip(1.1 * crop + 0.8 * humidity - 0.45 + 0.12 * grain, 0, 1), CROP
        hills = self._inside(1 - height, HILLS_SHARE, grain)
        yield hills * (0.75 + 0.15 * grain), MEADOW
        forest = self._inside(self._forest.sample(window), FOREST_SHARE, grain)
        yield np.maximum(forest, 0.7 * hedge) * (0.93 + 0.07 * grain), FOREST
        town = self._inside(self._town.sample(window), TOWN_SHARE, grain)
        yield town * np.clip(0.75 + 0.5 * grain, 0, 1), TOWN
        water = np.maximum(self._inside(height, LAKE_SHARE, 0.2 * grain), self._rivers(window, height))
        yield water, CLEAR_WATER
        yield water * np.clip(1.4 * humidity - 0.4, 0, 1), TURBID_WATER

    def _inside(self, value: Values, share: float, grain: Values) -> Values:
        """Return the opacity of a layer that covers the ``share`` of the tile with the lowest ``value``."""
        opacity: Values = np.clip((share - value) * self._sharpness + 0.5 + grain, 0, 1)
        return opacity

    def _rivers(self, window: Window, height: Values) -> Values:
        """Return the opacity of winding lines, wider in the lowlands."""
        away = np.abs(self._meander.sample(window) - 0.5)
        opacity: Values = np.clip((self._river * (0.6 - height) - away) * (2 * self._sharpness), 0, 1)
        return opacity
