"""GeoTIFF files of int16 in a given layout, written completely or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rasterio
from rasterio.errors import RasterioError

from rasterbout.contract import Layout
from rasterbout.errors import BadInput
from rasterbout.grid import Grid
from rasterbout.header import read_header


@contextmanager
def created(path: Path, grid: Grid, layout: Layout, *, count: int = 1, nodata: float | None = None) -> Iterator[Any]:
    """Open a new int16 GeoTIFF for writing with rasterio; leaving the context checks that the disk holds all of it.

    Raises
    ------
    OSError
        The file cannot be written, or not completely.
    """
    try:
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=grid.width,
            height=grid.height,
            count=count,
            dtype="int16",
            crs=grid.crs,
            transform=grid.transform,
            nodata=nodata,
            **layout.creation_options(),
        ) as target:
            yield target
    except RasterioError as error:
        raise OSError("a file could not be written to its end; is the disk full?") from error
    _require_complete(path)


def _require_complete(path: Path) -> None:
    """Raise if the disk was full, which GDAL does not always report when it closes a file."""
    try:
        read_header(path)
    except BadInput as error:
        raise OSError(f"{path.name} was not written to its end; is the disk full?") from error
