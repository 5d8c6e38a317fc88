"""The four operations as values: what is to be done to which rasters, and what grid comes out.

An operation that exists is one that makes sense: bad combinations raise `BadInput` on creation.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from rasterbout.errors import BadInput
from rasterbout.grid import Grid
from rasterbout.raster import Band, Raster


class Resampling(StrEnum):
    """How a superimposed pixel is made from those around it; cubic is Catmull-Rom, a = -0.5, 4 x 4."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    CUBIC = "cubic"


@dataclass(frozen=True, kw_only=True)
class Ndvi:
    """(nir - red) / (nir + red) of two bands on one grid."""

    name: ClassVar[str] = "ndvi"
    red: Band
    nir: Band

    def __post_init__(self) -> None:
        _require_same_grid(self.red.raster, self.nir.raster)

    @property
    def inputs(self) -> tuple[Raster, ...]:
        """The files that are read, each once."""
        return _distinct(self.red.raster, self.nir.raster)

    @property
    def grid(self) -> Grid:
        """The grid of the output."""
        return self.red.raster.grid

    @property
    def count(self) -> int:
        """How many bands the output has."""
        return 1


@dataclass(frozen=True, kw_only=True)
class Downscale:
    """The mean of the valid pixels of each ``factor`` x ``factor`` window, all bands."""

    name: ClassVar[str] = "downscale"
    source: Raster
    factor: int

    def __post_init__(self) -> None:
        _require_factor(self.factor, self.source)

    @property
    def inputs(self) -> tuple[Raster, ...]:
        """The files that are read."""
        return (self.source,)

    @property
    def grid(self) -> Grid:
        """The grid of the output."""
        return self.source.grid.coarsen(self.factor)

    @property
    def count(self) -> int:
        """How many bands the output has."""
        return self.source.count


@dataclass(frozen=True, kw_only=True)
class MeanNdvi:
    """The mean of the valid NDVI values of each ``factor`` x ``factor`` window."""

    name: ClassVar[str] = "mean_ndvi"
    red: Band
    nir: Band
    factor: int

    def __post_init__(self) -> None:
        _require_same_grid(self.red.raster, self.nir.raster)
        _require_factor(self.factor, self.red.raster)

    @property
    def inputs(self) -> tuple[Raster, ...]:
        """The files that are read, each once."""
        return _distinct(self.red.raster, self.nir.raster)

    @property
    def grid(self) -> Grid:
        """The grid of the output."""
        return self.red.raster.grid.coarsen(self.factor)

    @property
    def count(self) -> int:
        """How many bands the output has."""
        return 1


@dataclass(frozen=True, kw_only=True)
class Superimpose:
    """A raster resampled at the pixel centres of another, finer grid of the same CRS, all bands."""

    name: ClassVar[str] = "superimpose"
    moving: Raster
    onto: Grid
    resampling: Resampling

    def __post_init__(self) -> None:
        _require_superimposable(self.moving, self.onto)

    @property
    def inputs(self) -> tuple[Raster, ...]:
        """The files that are read."""
        return (self.moving,)

    @property
    def grid(self) -> Grid:
        """The grid of the output."""
        return self.onto

    @property
    def count(self) -> int:
        """How many bands the output has."""
        return self.moving.count


Operation = Ndvi | Downscale | MeanNdvi | Superimpose
OPERATIONS: tuple[str, ...] = (Ndvi.name, Downscale.name, MeanNdvi.name, Superimpose.name)


def bands_read(operation: Operation) -> dict[Path, list[int]]:
    """Return which bands of which files ``operation`` reads."""
    if isinstance(operation, Ndvi | MeanNdvi):
        both = (operation.red, operation.nir)
        return {band.raster.path: sorted({one.index for one in both if one.raster == band.raster}) for band in both}
    return {raster.path: list(range(1, raster.count + 1)) for raster in operation.inputs}


def _distinct(*rasters: Raster) -> tuple[Raster, ...]:
    return tuple({raster.path: raster for raster in rasters}.values())


def _require_same_grid(red: Raster, nir: Raster) -> None:
    if not red.grid.same_crs(nir.grid):
        raise BadInput(
            f"{nir.path}: its CRS differs from that of {red.path}: {nir.grid.describe()} against "
            f"{red.grid.describe()}; reproject one with gdalwarp"
        )
    if not red.grid.aligned_with(nir.grid):
        raise BadInput(
            f"{nir.path}: its grid differs from that of {red.path}: {nir.grid.describe()} against "
            f"{red.grid.describe()}; bring one onto the other with superimpose"
        )


def _require_factor(factor: int, source: Raster) -> None:
    largest = min(source.grid.shape)
    if not 1 <= factor <= largest:
        raise BadInput(
            f"{source.path}: factor {factor} is impossible for {source.grid.width} x {source.grid.height} pixels; "
            f"choose 1 to {largest}"
        )


def _require_superimposable(moving: Raster, onto: Grid) -> None:
    if not moving.grid.same_crs(onto):
        raise BadInput(
            f"{moving.path}: its CRS differs from the reference's: {moving.grid.describe()} against "
            f"{onto.describe()}; reproject it with gdalwarp first"
        )
    for grid in (moving.grid, onto):
        if not grid.is_axis_aligned:
            raise BadInput(
                f"{moving.path}: superimpose needs grids that are not rotated, got {grid.describe()}; "
                "straighten it with gdalwarp first"
            )
    fine, coarse = onto.transform, moving.grid.transform
    for finer, coarser in ((fine.a, coarse.a), (fine.e, coarse.e)):
        if abs(finer) > abs(coarser) and not math.isclose(finer, coarser, rel_tol=1e-9):
            raise BadInput(
                f"{moving.path}: its pixels of {abs(coarser):g} are smaller than the reference's of {abs(finer):g}; "
                "use downscale to bring it to a coarser grid"
            )
