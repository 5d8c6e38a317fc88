"""A synthetic landscape under a partly cloudy sky, as reflectances of the Sentinel-2 bands."""

from collections.abc import Iterator

import numpy as np

from rasterbout.datasets._landscape.fields import Field, Mesh, Values, equalised, fractal, relief
from rasterbout.datasets._landscape.ground import SOIL, Ground, Spectrum
from rasterbout.datasets._landscape.texture import Texture
from rasterbout.window import Window

BANDS = ("B2", "B3", "B4", "B8", "B11")
COARSE = "B11"  # the band at 20 m; the others are at 10 m

CLOUD: Spectrum = (7400, 7200, 7300, 7700, 4600)
CLOUD_SHARE = 0.13
CLOUD_EDGE = 0.06  # share of the tile under transparent cloud
SHADOW_NODES = 13  # offset of a shadow from its cloud to the north west, in nodes of the mesh
SHADOW_DEPTH = 0.80
SHADOW_OFFSET = -20  # reflectance that the atmospheric correction subtracts in excess
NOISE: Spectrum = (30, 30, 32, 60, 45)


class Landscape:
    """The reflectances of a tile without its flaws; the same seed and size give the same landscape.

    Parameters
    ----------
    size_px
        Edge of the tile, in pixels of 10 m.
    reach_px
        Edge of the largest window that will be requested.
    """

    def __init__(self, size_px: int, seed: int, reach_px: int) -> None:
        mesh = Mesh.of(size_px)
        rngs = (np.random.default_rng([seed, size_px, part]) for part in range(64))
        cloud = equalised(mesh, fractal(mesh, 0.74, next(rngs)))
        shift = min(SHADOW_NODES, 1 + mesh.tile // 16)
        self.cloud = Field(cloud, mesh.cell_px)
        self._shadow = Field(np.roll(cloud, (-shift, -shift), axis=(0, 1)), mesh.cell_px)
        self._cloud_light = Field(relief(cloud, 0.08), mesh.cell_px)
        self._grain = Texture.grain(reach_px, next(rngs))
        self._noise = Texture.noise(reach_px, next(rngs))
        self.ground = Ground(mesh, rngs)

    def render(self, window: Window) -> Iterator[Values]:
        """Yield reflectance x 10000 of each of `BANDS` at the 10 m pixels of ``window``, (height, width).

        The arrays share memory: each is valid until the next is requested.
        """
        grain = self._grain.sample(window)
        layers = list(self.ground.layers(window, grain))
        light = self.ground.light(window) * (1 + 0.10 * grain)
        sky = self.cloud.sample(window) + 0.006 * grain
        white = _opacity(sky) * self._cloud_light.sample(window)
        shadow = _opacity(self._shadow.sample(window) + 0.006 * grain)
        lit = light * (1 - SHADOW_DEPTH * shadow)
        value, scratch = np.empty_like(lit), np.empty_like(lit)
        for band in range(len(BANDS)):
            value[:] = SOIL[band]
            for opacity, colour in layers:
                _paint(value, opacity, colour[band], scratch)
            value *= lit
            value += np.multiply(shadow, SHADOW_OFFSET, out=scratch)
            _paint(value, white, CLOUD[band], scratch)
            noise = self._noise.sample(window, shift_px=197 * band)
            value += np.multiply(noise, NOISE[band], out=scratch)
            yield value


def _paint(value: Values, opacity: Values, colour: int, scratch: Values) -> None:
    """Move ``value`` towards ``colour``; allocating memory instead of using ``scratch`` would take most of the time."""
    np.subtract(colour, value, out=scratch)
    scratch *= opacity
    value += scratch


def _opacity(sky: Values) -> Values:
    """Return the opacity of the clouds, 0 to 1, from the rank of the cloud field."""
    inside = np.clip((sky - (1 - CLOUD_SHARE)) * np.float32(1 / CLOUD_EDGE), 0, 1)
    opacity: Values = inside * inside * (3 - 2 * inside)
    return opacity
