"""Checks on inputs, shared by several operations."""

from rasterbout.errors import BadInput
from rasterbout.raster import Raster


def require_same_grid(red: Raster, nir: Raster) -> None:
    """Check that two rasters have pixels in the same places.

    Raises
    ------
    BadInput
        CRS, size or transform differ.
    """
    grids = f"{nir.grid.describe()} against {red.grid.describe()}"
    if not red.grid.same_crs(nir.grid):
        raise BadInput(f"{nir.path}: its CRS differs from that of {red.path}: {grids}; reproject one with gdalwarp")
    if not red.grid.aligned_with(nir.grid):
        raise BadInput(
            f"{nir.path}: its grid differs from that of {red.path}: {grids}; bring one onto the other with superimpose"
        )


def require_factor(factor: int, source: Raster) -> None:
    """Check that at least one whole ``factor`` x ``factor`` window fits into a raster.

    Raises
    ------
    BadInput
        The factor is smaller than 1, or larger than an edge of the raster.
    """
    largest = min(source.grid.shape)
    if not 1 <= factor <= largest:
        raise BadInput(
            f"{source.path}: factor {factor} is impossible for {source.grid.width} x {source.grid.height} pixels; "
            f"choose 1 to {largest}"
        )
