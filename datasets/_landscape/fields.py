"""Random fields whose values do not depend on where, or in which order, they are sampled.

They use only sorting and single additions, multiplications and divisions, which round the same
however they are vectorised. A seed therefore gives the same values on every machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rasterbout.window import Window

Values = NDArray[np.float32]

FINEST_PX = 8
MOST_CELLS = 2048
STRUCTURES = 6  # about as many of the largest structures fit along the tile's edge


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """The coarse meshes on which the fields of a tile are drawn.

    Attributes
    ----------
    cell_px
        Distance of the finest nodes, in pixels; fields are linear between them.
    octaves
        Number of times the cells of the coarsest mesh are halved.
    coarsest
        Number of nodes along an edge of the coarsest mesh.
    tile
        Number of finest nodes along an edge that lie on the tile.
    """

    cell_px: int
    octaves: int
    coarsest: int
    tile: int

    @classmethod
    def of(cls, size_px: int) -> "Mesh":
        """Return the meshes of a tile of ``size_px`` x ``size_px`` pixels."""
        cell_px = FINEST_PX
        while size_px > MOST_CELLS * cell_px:
            cell_px *= 2
        tile = -(-size_px // cell_px) + 2
        octaves = max(0, (size_px // (STRUCTURES * cell_px)).bit_length() - 1)
        return cls(cell_px=cell_px, octaves=octaves, coarsest=-(-tile // 2**octaves), tile=tile)

    @property
    def structure_px(self) -> int:
        """Size of the largest structures, in pixels."""
        return int(self.cell_px * 2**self.octaves)


@dataclass(frozen=True)
class Field:
    """Values at the nodes of a mesh (n, n), repeated periodically; linear between the nodes."""

    values: Values
    cell_px: int

    def nearest(self, pixels: NDArray[np.intp]) -> Values:
        """Return the values at the nodes nearest to ``pixels``, given as rows and columns, (count, 2)."""
        row, column = (pixels // self.cell_px % len(self.values)).T
        nearest: Values = self.values[row, column]
        return nearest

    def sample(self, window: Window) -> Values:
        """Return the values at the pixels of ``window``, (height, width)."""
        rows, above = _nodes(window.row, window.height, self.cell_px)
        columns, before = _nodes(window.column, window.width, self.cell_px)
        size = len(self.values)
        nodes = self.values[np.ix_(rows % size, columns % size)]
        wide = _interpolate(nodes.T, self.cell_px)[before : before + window.width].T
        return _interpolate(np.ascontiguousarray(wide), self.cell_px)[above : above + window.height]


def fractal(mesh: Mesh, roughness: float, rng: np.random.Generator) -> Values:
    """Return smooth periodic noise; each octave has half the wavelength, and ``roughness`` times the amplitude."""
    values: Values = _noise(mesh.coarsest, rng)
    for octave in range(1, mesh.octaves + 1):
        values = np.ascontiguousarray(_halved(_halved(values).T).T)
        if octave < mesh.octaves:  # smooth on the finest mesh: linear interpolation between its nodes does not show
            values += np.float32(roughness**octave) * _noise(len(values), rng)
    return values


def equalised(mesh: Mesh, values: Values) -> Values:
    """Replace values by their rank over the tile, so that a threshold of 0.1 selects a tenth of it."""
    ranked = np.sort(values[: mesh.tile, : mesh.tile], axis=None)
    ranks = np.linspace(0, 1, 257)
    knots = ranked[(ranks * (ranked.size - 1)).astype(np.intp)]
    return np.interp(values, knots, ranks).astype(np.float32)


def relief(values: Values, contrast: float) -> Values:
    """Return the brightness of a surface lit from the south east, 1 where level, within ``contrast``."""
    slope = values - np.roll(values, (-1, -1), axis=(0, 1))
    steep = np.sort(np.abs(slope), axis=None)[int(0.97 * (slope.size - 1))]
    brightness: Values = 1 + np.float32(contrast) * np.clip(slope / steep, -1, 1)
    return brightness


def _noise(size: int, rng: np.random.Generator) -> Values:
    return 2 * rng.random((size, size), dtype=np.float32) - 1


def _halved(values: Values) -> Values:
    """Double the number of rows by subdivision, as of a cubic spline: smooth, and without square artefacts."""
    fine = np.empty((2 * len(values), values.shape[1]), np.float32)
    before, after = np.roll(values, 1, axis=0), np.roll(values, -1, axis=0)
    fine[0::2] = 0.125 * before + 0.75 * values + 0.125 * after
    fine[1::2] = 0.5 * values + 0.5 * after
    return fine


def _nodes(first_px: int, count_px: int, cell_px: int) -> tuple[NDArray[np.intp], int]:
    """Return the nodes around a range of pixels, and the distance of its start from the first of them."""
    first = first_px // cell_px
    last = (first_px + count_px - 1) // cell_px + 1
    return np.arange(first, last + 1), first_px - first * cell_px


def _interpolate(values: Values, cell_px: int) -> Values:
    """Return rows at every pixel between the rows of ``values``."""
    share = np.arange(cell_px, dtype=np.float32)[:, None] / np.float32(cell_px)
    above, below = values[:-1, None], values[1:, None]
    return (above + (below - above) * share).reshape(-1, values.shape[1])
