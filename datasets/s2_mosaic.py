"""A mosaic of any size that takes no disk space: virtual rasters that repeat the generated tile.

The format: https://gdal.org/drivers/raster/vrt.html
"""

import os
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

from rasterbout.contract import TILE_EDGE, Layout
from rasterbout.dataset import Dataset
from rasterbout.datasets import s2_tile
from rasterbout.datasets._files import store
from rasterbout.datasets._landscape.flaws import NODATA
from rasterbout.datasets._landscape.landscape import COARSE
from rasterbout.grid import Grid
from rasterbout.scene import Scene
from rasterbout.window import Window, cut

NAME = "s2-mosaic"
SIZE_PX = 2 * s2_tile.SIZE_PX
VERSION = 1  # changes with the content of the virtual rasters


class S2Mosaic(Dataset):
    """Virtual rasters that repeat the full tile."""

    name = NAME
    summary = "that tile repeated in virtual rasters, of any size: takes no additional disk space"
    of_any_size = True

    def load(self, *, size: int | None, layout: Layout) -> Scene:
        """Return the mosaic of ``size`` pixels; ``layout`` is that of the tile behind it.

        Raises
        ------
        BadInput
            ``size`` is too small, or the cache folder cannot be written.
        """
        size_px = s2_tile.possible(NAME, SIZE_PX if size is None else size)
        tile = s2_tile.folder(s2_tile.SIZE_PX, layout)
        folder = store.made_once(f"{NAME}-v{VERSION}-{size_px}-of-{tile.name}", partial(write, tile, size_px))
        return s2_tile.scene(NAME, folder, ".vrt")


def write(tile: Path, size_px: int, folder: Path) -> None:
    """Write a virtual raster for each band that is read; ``tile`` is the folder of the files behind them."""
    grids, behind = s2_tile.grids(size_px), s2_tile.grids(s2_tile.SIZE_PX)
    for band in (*s2_tile.READ_FINE, COARSE):
        root = _mosaic(grids[band], behind[band], Path(os.path.relpath(tile, folder)) / f"{band}.tif")
        ET.ElementTree(root).write(folder / f"{band}.vrt", encoding="utf-8")


def _mosaic(grid: Grid, tile: Grid, file: Path) -> ET.Element:
    root = ET.Element("VRTDataset", rasterXSize=str(grid.width), rasterYSize=str(grid.height))
    ET.SubElement(root, "SRS").text = grid.crs
    ET.SubElement(root, "GeoTransform").text = ", ".join(repr(number) for number in grid.transform.to_gdal())
    band = ET.SubElement(root, "VRTRasterBand", dataType="Int16", band="1")
    band.attrib |= {"blockXSize": str(TILE_EDGE), "blockYSize": str(TILE_EDGE)}
    ET.SubElement(band, "NoDataValue").text = str(NODATA)
    for window in cut(grid.shape, tile.shape):
        source = ET.SubElement(band, "SimpleSource")
        ET.SubElement(source, "SourceFilename", relativeToVRT="1").text = str(file)
        ET.SubElement(source, "SourceBand").text = "1"
        _rectangle(source, "SrcRect", Window(0, 0, window.height, window.width))
        _rectangle(source, "DstRect", window)
    return root


def _rectangle(source: ET.Element, name: str, window: Window) -> None:
    numbers = {"xOff": window.column, "yOff": window.row, "xSize": window.width, "ySize": window.height}
    ET.SubElement(source, name, {key: str(number) for key, number in numbers.items()})
