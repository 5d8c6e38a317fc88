"""Window means of NDVI."""

from dataclasses import dataclass
from typing import ClassVar

from rasterbout.grid import Grid
from rasterbout.operations.checks import require_factor, require_same_grid
from rasterbout.operations.operation import Operation, parameter, role
from rasterbout.raster import Band


@dataclass(frozen=True, kw_only=True)
class MeanNdvi(Operation):
    """Mean of the valid NDVI values of each window; NaN for windows without any."""

    name: ClassVar[str] = "mean_ndvi"
    oracle: ClassVar[str] = "rasterbout.oracle.means:MeanNdviOracle"
    red: Band = role("File with the red band.")
    nir: Band = role("File with the near-infrared band.")
    factor: int = parameter("Edge of a window in pixels.")

    def __post_init__(self) -> None:
        require_same_grid(self.red.raster, self.nir.raster)
        require_factor(self.factor, self.red.raster)

    @property
    def grid(self) -> Grid:
        """The grid of the whole windows."""
        return self.red.raster.grid.coarsen(self.factor)

    @property
    def count(self) -> int:
        """One band."""
        return 1
