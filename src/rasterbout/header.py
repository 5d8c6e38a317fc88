"""Read the header of a file into a `Raster`; refuse files that are missing, truncated or not rasters."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from rasterbout.errors import BadInput
from rasterbout.grid import Grid
from rasterbout.raster import Raster
from rasterbout.tiff import Directory

VIRTUAL = b"<VRTDataset"


def read_header(path: str | os.PathLike[str]) -> Raster:
    """Read the header of a raster file.

    Raises
    ------
    BadInput
        The file is missing, unreadable, not a raster or truncated, or its bands differ in type or nodata.
    """
    file = Path(path).absolute()
    _require_file(file)
    try:
        with rasterio.open(file) as source:
            _require_complete(file, source)
            return Raster(
                path=file,
                grid=Grid(
                    crs=_crs_name(source),
                    transform=source.transform,
                    width=source.width,
                    height=source.height,
                ),
                count=source.count,
                dtype=_only(file, "pixel type", source.dtypes),
                nodata=_nodata_as_stored(_only(file, "nodata value", source.nodatavals), source.dtypes[0]),
                block_shape=source.block_shapes[0],
                files=tuple(_files(file, source)),
                driver=source.driver,
                compression=source.compression.name.lower() if source.compression else "none",
            )
    except RasterioError as error:
        raise BadInput(f"{file}: not a readable raster ({_first_line(error)}); check it with gdalinfo") from error


def _require_file(file: Path) -> None:
    try:
        exists = file.exists()
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}); check the path") from error
    if not exists:
        raise BadInput(f"{file}: no such file; check the path")
    if file.is_dir():
        raise BadInput(f"{file}: is a folder, not a raster file; name a file in it")
    if not file.is_file():
        raise BadInput(f"{file}: is not a regular file; name a raster file")
    if not os.access(file, os.R_OK):
        raise BadInput(f"{file}: no permission to read it; check with ls -l")


def _require_complete(file: Path, source: Any) -> None:
    if source.count == 0:
        raise BadInput(f"{file}: holds no band at this level; name one of its subdatasets (see gdalinfo)")
    if source.dtypes[0].startswith("complex"):
        raise BadInput(f"{file}: {source.dtypes[0]} pixels are not supported; convert with gdal_translate -ot Float32")
    if source.driver == "GTiff":
        _require_all_bytes(file)
    else:
        rows, columns = source.block_shapes[0]
        row, column = (source.height - 1) // rows * rows, (source.width - 1) // columns * columns
        source.read(1, window=Window(column, row, source.width - column, source.height - row))


def _require_all_bytes(file: Path) -> None:
    size = file.stat().st_size
    try:
        whole = Directory(file).end
    except EOFError as error:
        raise BadInput(f"{file}: truncated: {error}; copy or download it again") from error
    if whole > size:
        raise BadInput(f"{file}: truncated: {size} of {whole} bytes; copy or download it again")


def _files(file: Path, source: Any) -> list[Path]:
    """Return ``file``, the files that GDAL lists with it, and recursively the sources of virtual rasters."""
    found = [file]
    for name in source.files:
        beside = Path(name).absolute()
        if ".." in beside.parts:  # a virtual raster's relative path to a source
            beside = beside.resolve()
        if beside in found:
            continue
        found.append(beside)
        if _is_virtual(beside):
            with rasterio.open(beside) as virtual:
                found += [behind for behind in _files(beside, virtual) if behind not in found]
    return found


def _is_virtual(file: Path) -> bool:
    if not file.is_file():  # inside an archive, or on another machine
        return False
    with file.open("rb") as content:
        return content.read(len(VIRTUAL)) == VIRTUAL


def _crs_name(source: Any) -> str | None:
    if not source.crs:
        return None
    code = source.crs.to_epsg()
    return f"EPSG:{code}" if code else str(source.crs.to_wkt())


def _only(file: Path, what: str, values: tuple[Any, ...]) -> Any:
    if len({str(value) for value in values}) > 1:
        raise BadInput(f"{file}: its bands differ in {what} {values}; split it with gdal_translate -b")
    return values[0]


def _nodata_as_stored(nodata: float | None, dtype: str) -> float | None:
    """Return the nodata value converted to ``dtype``, or None if no pixel can hold it."""
    if nodata is None:
        return None
    kind = np.dtype(dtype)
    if kind.kind == "f":
        with np.errstate(over="ignore"):
            return float(kind.type(nodata))
    limits = np.iinfo(kind)
    fits = np.isfinite(nodata) and limits.min <= nodata <= limits.max and nodata == int(nodata)
    return float(nodata) if fits else None


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
