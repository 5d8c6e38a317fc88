"""Writes small awkward rasters with rasterio, from seeded random numbers."""

import warnings
import zlib
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.errors import NotGeoreferencedWarning

from rasterbout.header import read_header
from rasterbout.raster import Raster

UTM = "EPSG:32631"
CUSTOM_CRS = "+proj=laea +lat_0=43.3 +lon_0=1.7 +x_0=1000 +y_0=2000 +ellps=GRS80 +units=m +no_defs"
UTM_IN_OTHER_WORDS = CRS(UTM).to_wkt("WKT1_ESRI")
NORTH_UP = Affine(10.0, 0.0, 399960.0, 0.0, -10.0, 4900020.0)
SOUTH_UP = Affine(10.0, 0.0, 399960.0, 0.0, 10.0, 4790220.0)
ROTATED = Affine(8.0, 6.0, 399960.0, 6.0, -8.0, 4900020.0)
DEGREES = Affine(1 / 7200, 0.0, 1.3, 0.0, -1 / 7200, 43.7)
IDENTITY = Affine.identity()  # the transform of a file without georeference

Pixels = NDArray[Any]


def rng(name: str) -> np.random.Generator:
    """Return the random generator that belongs to ``name``, the same in every process and run."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def write(
    path: Path,
    pixels: Pixels,
    *,
    nodata: float | None = None,
    crs: str | None = UTM,
    transform: Affine | None = NORTH_UP,
    tags: dict[str, str] | None = None,
    **creation: Any,
) -> Raster:
    """Write ``pixels`` (bands, rows, columns) or (rows, columns) as a GeoTIFF."""
    stack = pixels if pixels.ndim == 3 else pixels[None]
    count, height, width = stack.shape
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", width=width, height=height, count=count, dtype=stack.dtype,
            nodata=nodata, crs=crs, transform=transform, **creation,
        ) as target:  # fmt: skip
            if tags:
                target.update_tags(**tags)
            target.write(stack)
    return read_header(path)


def write_with_any_nodata(path: Path, pixels: Pixels, nodata: str, **how: Any) -> Raster:
    """Write a nodata value that the pixel type cannot hold, which rasterio refuses and other tools accept."""
    plain = path.with_name(f"{path.stem}-plain.tif")
    source = write(plain, pixels, **how)
    kind = {"uint8": "Byte", "int16": "Int16", "uint16": "UInt16", "float32": "Float32"}[source.dtype]
    bands = "".join(
        f'<VRTRasterBand dataType="{kind}" band="{band}"><NoDataValue>{nodata}</NoDataValue><SimpleSource>'
        f"<SourceFilename>{escape(str(plain))}</SourceFilename><SourceBand>{band}</SourceBand>"
        "</SimpleSource></VRTRasterBand>"
        for band in range(1, source.count + 1)
    )
    grid = source.grid
    view = (
        f'<VRTDataset rasterXSize="{grid.width}" rasterYSize="{grid.height}"><SRS>{escape(grid.crs or "")}</SRS>'
        f"<GeoTransform>{', '.join(repr(number) for number in grid.transform.to_gdal())}</GeoTransform>"
        f"{bands}</VRTDataset>"
    )
    rasterio.shutil.copy(view, path, driver="GTiff")
    plain.unlink()
    return read_header(path)


def write_sparse(path: Path, pixels: Pixels, block: int, **how: Any) -> Raster:
    """Write a sparse file without its first block, which reads as nodata or 0."""
    height, width = pixels.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=1, dtype=pixels.dtype, crs=UTM,
        transform=NORTH_UP, tiled=True, blockxsize=block, blockysize=block, sparse_ok=True, **how,
    ) as target:  # fmt: skip
        for _, window in target.block_windows(1):
            rows, columns = window.toslices()
            if rows.start or columns.start:
                target.write(pixels[rows, columns], 1, window=window)
    return read_header(path)


def integers(name: str, dtype: str, shape: tuple[int, ...], low: int | None = None, high: int | None = None) -> Pixels:
    """Return integers from ``low`` to ``high``, both included; by default the whole range of ``dtype``."""
    limits = np.iinfo(dtype)
    low, high = (limits.min if low is None else low), (limits.max if high is None else high)
    return rng(name).integers(low, high, size=shape, dtype=dtype, endpoint=True)


def floats(name: str, shape: tuple[int, ...], low: float = 0.0, high: float = 1.0) -> Pixels:
    """Return uniformly distributed float32 numbers."""
    return rng(name).uniform(low, high, size=shape).astype(np.float32)


def with_holes(name: str, pixels: Pixels, hole: float | np.float32, share: float = 0.1) -> Pixels:
    """Return a copy with scattered pixels, a rectangle and two edges set to ``hole``."""
    holed = pixels.copy()
    holed[rng(name + " holes").random(pixels.shape) < share] = hole
    height, width = pixels.shape[-2:]
    holed[..., height // 3 : height // 3 + height // 4, width // 4 : width // 4 + width // 3] = hole
    holed[..., : height // 16, :] = hole
    holed[..., -(width // 16 or 1) :] = hole
    return holed


def with_patch(pixels: Pixels, hole: float) -> Pixels:
    """Return a copy with one rectangle and one lone pixel set to ``hole``, most of the raster staying valid."""
    holed = pixels.copy()
    height, width = pixels.shape[-2:]
    holed[..., height // 3 : height // 3 + height // 4, width // 4 : width // 4 + width // 4] = hole
    holed[..., 2 * height // 3, 2 * width // 3] = hole
    return holed
