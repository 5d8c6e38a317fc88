"""Write virtual rasters (VRT): XML files that present other files with changed values, bands or grid.

OTB supports neither nodata nor NaN as fill value. A virtual raster turns nodata into NaN, or into 0
with a second band that marks valid pixels, without copying pixels.
The format: https://gdal.org/drivers/raster/vrt.html
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from affine import Affine

from rasterbout.grid import Grid
from rasterbout.raster import Raster
from rasterbout.window import Window


def write_grid(path: Path, grid: Grid) -> Path:
    """Write a raster without pixels, from which OTB reads a reference grid."""
    root = _dataset(grid)
    ET.SubElement(root, "VRTRasterBand", dataType="Byte", band="1")
    return _save(path, root)


def write_values_or_nan(path: Path, raster: Raster, extent: Window) -> Path:
    """Write a view of ``extent``, which may reach beyond ``raster``: float32, NaN outside it and for nodata."""
    root = _dataset(part(raster.grid, extent))
    for band in range(1, raster.count + 1):
        ET.SubElement(_add_band(root, raster, band, extent), "NoDataValue").text = "nan"
    return _save(path, root)


def write_values_and_validity(path: Path, raster: Raster) -> Path:
    """Write a view with two float32 bands for each band: its values, 0 where invalid; and 1 where valid, else 0."""
    # GDAL fills pixels that no source provides with 0 in a band that has no nodata value.
    root = _dataset(raster.grid)
    whole = Window(0, 0, *raster.grid.shape)
    for band in range(1, raster.count + 1):
        _add_band(root, raster, band, whole)
        validity = _add_band(root, raster, band, whole).find("ComplexSource")
        assert validity is not None
        ET.SubElement(validity, "ScaleOffset").text = "1"
        ET.SubElement(validity, "ScaleRatio").text = "0"
    return _save(path, root)


def nan_only(raster: Raster, path: Path) -> Raster:
    """Return ``raster`` with NaN as its only invalid value: a view is written if floats have another nodata value."""
    if not needs_view(raster):
        return raster
    view = write_values_or_nan(path, raster, Window(0, 0, *raster.grid.shape))
    return replace(raster, path=view, nodata=math.nan)


def needs_view(raster: Raster) -> bool:
    """Whether floats have another nodata value than NaN, so that two values are invalid."""
    return raster.dtype.startswith("float") and raster.nodata is not None and not math.isnan(raster.nodata)


def write_without_nodata(path: Path, raster: Raster) -> Path:
    """Write a view of ``raster`` without nodata value, in a float type that represents its pixels exactly."""
    bands = [(raster.path, band) for band in range(1, raster.count + 1)]
    return _write_bands(path, bands, raster.grid, exact_type(raster).capitalize())


def exact_type(raster: Raster) -> str:
    """Return the name of a float type that represents the pixels of ``raster`` exactly."""
    return np.result_type(raster.dtype, np.float32).name


def write_moved(path: Path, source: Path, count: int, grid: Grid) -> Path:
    """Write a view of ``source``, float32 with ``count`` bands, that declares ``grid`` as its grid."""
    return _write_bands(path, [(source, band) for band in range(1, count + 1)], grid)


def write_stacked(path: Path, sources: list[Path], grid: Grid) -> Path:
    """Write a view that stacks files of one band each, float32, and declares ``grid`` as its grid."""
    return _write_bands(path, [(source, 1) for source in sources], grid)


def _write_bands(path: Path, bands: list[tuple[Path, int]], grid: Grid, dtype: str = "Float32") -> Path:
    root = _dataset(grid)
    for number, (source, band) in enumerate(bands, start=1):
        element = ET.SubElement(root, "VRTRasterBand", dataType=dtype, band=str(number))
        simple = ET.SubElement(element, "SimpleSource")
        ET.SubElement(simple, "SourceFilename", relativeToVRT="0").text = str(source)
        ET.SubElement(simple, "SourceBand").text = str(band)
    return _save(path, root)


def part(grid: Grid, window: Window) -> Grid:
    """Return the grid of a window of ``grid``, which may reach beyond it."""
    return Grid(
        crs=grid.crs,
        transform=grid.transform @ Affine.translation(window.column, window.row),
        width=window.width,
        height=window.height,
    )


def _dataset(grid: Grid) -> ET.Element:
    root = ET.Element("VRTDataset", rasterXSize=str(grid.width), rasterYSize=str(grid.height))
    if grid.crs is not None:
        ET.SubElement(root, "SRS").text = grid.crs
    ET.SubElement(root, "GeoTransform").text = ", ".join(repr(number) for number in grid.transform.to_gdal())
    return root


def _add_band(root: ET.Element, raster: Raster, band: int, extent: Window) -> ET.Element:
    number = str(len(root.findall("VRTRasterBand")) + 1)
    element = ET.SubElement(root, "VRTRasterBand", dataType="Float32", band=number)
    source = ET.SubElement(element, "ComplexSource")
    ET.SubElement(source, "SourceFilename", relativeToVRT="0").text = str(raster.path)
    ET.SubElement(source, "SourceBand").text = str(band)
    height, width = raster.grid.shape
    _add_rectangle(source, "SrcRect", (0, 0, width, height))
    _add_rectangle(source, "DstRect", (-extent.column, -extent.row, width, height))
    nodata = "nan" if raster.nodata is None else repr(raster.nodata)
    ET.SubElement(source, "NODATA").text = nodata
    return element


def _add_rectangle(source: ET.Element, name: str, numbers: Iterable[int]) -> None:
    keys = ("xOff", "yOff", "xSize", "ySize")
    ET.SubElement(source, name, {key: str(number) for key, number in zip(keys, numbers, strict=True)})


def _save(path: Path, root: ET.Element) -> Path:
    ET.ElementTree(root).write(path, encoding="utf-8")
    return path
