"""Downscaling by window means."""

from dataclasses import dataclass
from typing import ClassVar

from rasterbout.grid import Grid
from rasterbout.operations.checks import require_factor
from rasterbout.operations.operation import Operation, parameter, role
from rasterbout.raster import Raster


@dataclass(frozen=True, kw_only=True)
class Downscale(Operation):
    """Mean of the valid pixels of each window, for all bands; NaN for windows without any."""

    name: ClassVar[str] = "downscale"
    oracle: ClassVar[str] = "rasterbout.oracle.means:DownscaleOracle"
    source: Raster = role("File to downscale, all bands.")
    factor: int = parameter("Edge of a window in pixels.")

    def __post_init__(self) -> None:
        require_factor(self.factor, self.source)

    @property
    def grid(self) -> Grid:
        """The grid of the whole windows."""
        return self.source.grid.coarsen(self.factor)

    @property
    def count(self) -> int:
        """As many bands as the source."""
        return self.source.count
