"""NDVI of two bands."""

from dataclasses import dataclass
from typing import ClassVar

from rasterbout.grid import Grid
from rasterbout.operations.checks import require_same_grid
from rasterbout.operations.operation import Operation, role
from rasterbout.raster import Band


@dataclass(frozen=True, kw_only=True)
class Ndvi(Operation):
    """(nir - red) / (nir + red), NaN where either is invalid or their sum is 0."""

    name: ClassVar[str] = "ndvi"
    oracle: ClassVar[str] = "rasterbout.oracle.ndvi:NdviOracle"
    red: Band = role("File with the red band.")
    nir: Band = role("File with the near-infrared band.")

    def __post_init__(self) -> None:
        require_same_grid(self.red.raster, self.nir.raster)

    @property
    def grid(self) -> Grid:
        """The grid of the two bands."""
        return self.red.raster.grid

    @property
    def count(self) -> int:
        """One band."""
        return 1
