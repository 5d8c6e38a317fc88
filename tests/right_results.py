"""One right result of each operation, to be spoilt by the canaries."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from rasterbout.contract import Layout
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.operation import Operation
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band, Raster
from rasterbout.testing.cases.grids import finer
from rasterbout.testing.cases.pairs import pair
from rasterbout.testing.rasters import Pixels, integers, with_holes, with_patch, write
from slow_truth import slow_truth

NODATA = -10000
LAYOUT = Layout()
NAMES = ("ndvi", "downscale", "mean_ndvi", "nearest", "bilinear", "cubic")


@dataclass(frozen=True)
class RightResult:
    """An operation, its right pixels (bands, rows, columns) and where they are compared."""

    operation: Operation
    pixels: NDArray[np.float32]
    defined: NDArray[np.bool_]

    @property
    def numbers(self) -> NDArray[np.bool_]:
        """Where a number is compared."""
        return self.defined & ~np.isnan(self.pixels)

    @property
    def nans(self) -> NDArray[np.bool_]:
        """Where NaN is compared."""
        return self.defined & np.isnan(self.pixels)

    def largest(self) -> tuple[int, int, int]:
        """Band, row and column of the largest compared number."""
        magnitude = np.where(self.numbers, np.abs(self.pixels), 0)
        return np.unravel_index(np.argmax(magnitude), magnitude.shape)

    def write(self, path: Path, pixels: Pixels | None = None, **changes: Any) -> Path:
        """Write the right file, but for other ``pixels`` or ``changes`` of its profile."""
        pixels = self.pixels if pixels is None else pixels
        grid = self.operation.grid
        profile = {
            "driver": "GTiff", "count": len(pixels), "height": pixels.shape[1], "width": pixels.shape[2],
            "dtype": "float32", "nodata": np.nan, "crs": grid.crs, "transform": grid.transform,
            **LAYOUT.creation_options(),
        } | changes  # fmt: skip
        with rasterio.open(path, "w", **profile) as target:
            target.write(pixels.astype(profile["dtype"]))
        return path


def right_result(folder: Path, name: str) -> RightResult:
    """Make the rasters of an operation and its right result."""
    operation = _operation(folder, name)
    values, defined = slow_truth(operation)
    return RightResult(operation, values.astype(np.float32), defined)


def bands(*, holes: bool = True) -> tuple[Pixels, Pixels]:
    """Red and near infrared: sums wrap in int16, some are 0, some pixels are nodata."""
    red, nir = (integers(f"right {name}", "int16", (66, 75), 9000, 30000) for name in ("red", "nir"))
    nir[:6, :9] = -red[:6, :9]
    return (with_holes("red", red, NODATA), with_holes("nir", nir, NODATA)) if holes else (red, nir)


def _operation(folder: Path, name: str) -> Operation:
    match name:
        case "ndvi":
            return pair(folder, *bands(), nodata=NODATA)
        case "mean_ndvi":
            ndvi = pair(folder, *bands(), nodata=NODATA)
            return MeanNdvi(red=ndvi.red, nir=ndvi.nir, factor=3)
        case "downscale":
            return Downscale(source=write(folder / "a.tif", np.stack(bands()), nodata=NODATA), factor=3)
    stack = np.stack([with_patch(band, NODATA) for band in bands(holes=False)])[:, :33, :41]
    moving = write(folder / "a.tif", stack, nodata=NODATA)
    onto = finer(moving.grid, (2.2, 1.9), (-3.1, -2.2), (47, 38))
    return Superimpose(moving=moving, onto=onto, resampling=Resampling(name))


def undeclared(folder: Path, operation: Operation) -> Operation:
    """Return the same operation on the same numbers, of which none is declared as nodata."""

    def bare(source: Raster) -> Raster:
        with rasterio.open(source.path) as file:
            return write(folder / f"bare-{source.path.name}", file.read(), transform=source.grid.transform)

    changes: dict[str, Raster | Band] = {}
    for field in fields(operation):
        match getattr(operation, field.name):
            case Raster() as raster:
                changes[field.name] = bare(raster)
            case Band() as band:
                changes[field.name] = Band(raster=bare(band.raster), index=band.index)
    return replace(operation, **changes)
