"""Pairs of bands, red and near infrared."""

from pathlib import Path
from typing import Any

from rasterbout.operations.ndvi import Ndvi
from rasterbout.raster import Band
from rasterbout.testing.rasters import Pixels, integers, write

SHAPE = (77, 131)  # rows, columns: coprime to every block, chunk and factor


def pair(folder: Path, red: Pixels, nir: Pixels, *, nir_how: dict[str, Any] | None = None, **how: Any) -> Ndvi:
    """Write two files, and return their NDVI; ``nir_how`` holds what differs for the second."""
    return Ndvi(
        red=Band(raster=write(folder / "red.tif", red, **how)),
        nir=Band(raster=write(folder / "nir.tif", nir, **(how | (nir_how or {})))),
    )


def reflectances(name: str, shape: tuple[int, int] = SHAPE) -> tuple[Pixels, Pixels]:
    """Return red and near infrared as a satellite sees vegetation, int16."""
    return integers(name + " red", "int16", shape, 100, 3000), integers(name + " nir", "int16", shape, 1000, 6000)
