"""Resampling onto another grid of the same CRS."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from rasterbout.errors import BadInput
from rasterbout.grid import Grid
from rasterbout.operations.operation import Operation, parameter, role
from rasterbout.raster import Raster


class Resampling(StrEnum):
    """Interpolation of a pixel from its neighbours; cubic is Catmull-Rom, a = -0.5, 4 x 4."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    CUBIC = "cubic"


@dataclass(frozen=True, kw_only=True)
class Superimpose(Operation):
    """Raster resampled at the pixel centres of another, finer grid of the same CRS, all bands."""

    name: ClassVar[str] = "superimpose"
    oracle: ClassVar[str] = "rasterbout.oracle.superimpose:SuperimposeOracle"
    moving: Raster = role("File to resample, all bands.")
    onto: Grid = role("File whose grid to resample onto.", name="reference")
    resampling: Resampling = parameter("Interpolation.", default=Resampling.CUBIC)

    def __post_init__(self) -> None:
        self._require_same_crs()
        for grid in (self.moving.grid, self.onto):
            if not grid.is_axis_aligned:
                raise BadInput(
                    f"{self.moving.path}: superimpose needs grids that are not rotated, got {grid.describe()}; "
                    "straighten it with gdalwarp first"
                )
        self._require_finer()

    @property
    def grid(self) -> Grid:
        """The grid of the reference."""
        return self.onto

    @property
    def count(self) -> int:
        """As many bands as the moving raster."""
        return self.moving.count

    def _require_same_crs(self) -> None:
        if not self.moving.grid.same_crs(self.onto):
            raise BadInput(
                f"{self.moving.path}: its CRS differs from the reference's: {self.moving.grid.describe()} against "
                f"{self.onto.describe()}; reproject it with gdalwarp first"
            )

    def _require_finer(self) -> None:
        fine, coarse = self.onto.transform, self.moving.grid.transform
        for finer, coarser in ((fine.a, coarse.a), (fine.e, coarse.e)):
            if abs(finer) > abs(coarser) and not math.isclose(finer, coarser, rel_tol=1e-9):
                raise BadInput(
                    f"{self.moving.path}: its pixels of {abs(coarser):g} are smaller than the reference's of "
                    f"{abs(finer):g}; use downscale to bring it to a coarser grid"
                )
