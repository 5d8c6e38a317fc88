"""Handles on raster files: the contents of the header, without pixels."""

from dataclasses import dataclass
from pathlib import Path

from rasterbout.errors import BadInput
from rasterbout.grid import Grid


@dataclass(frozen=True, kw_only=True)
class Raster:
    """A raster file as its header describes it.

    Attributes
    ----------
    path
        Absolute path of the file.
    count
        Number of bands; all have the same ``dtype``, ``nodata`` and ``block_shape``.
    dtype
        numpy's name of the pixel type, ``int16`` for example.
    nodata
        The declared nodata value converted to ``dtype``; None if there is none, or if no pixel can equal it.
    block_shape
        Rows and columns of the blocks in which the file stores its pixels.
    files
        All files that hold its pixels, including the sources of a virtual raster.
    driver
        GDAL's name of the format, ``GTiff`` for example.
    compression
        ``none``, ``deflate``, ``lzw``, ``zstd``, or GDAL's name of another compression.
    """

    path: Path
    grid: Grid
    count: int
    dtype: str
    nodata: float | None
    block_shape: tuple[int, int]
    files: tuple[Path, ...]
    driver: str
    compression: str

    @property
    def may_be_invalid(self) -> bool:
        """Whether any pixel can be nodata or NaN."""
        return self.nodata is not None or self.dtype.startswith("float")

    def describe(self) -> str:
        """Return path, grid, pixels, blocks and size of the file in one line."""
        rows, columns = self.block_shape
        bands = "1 band" if self.count == 1 else f"{self.count} bands"
        nodata = "no nodata value" if self.nodata is None else f"nodata {self.nodata:g}"
        blocks = f"blocks of {rows} x {columns}, compression {self.compression}"
        size_mb = self.path.stat().st_size / 1e6
        return f"{self.path}: {self.grid.describe()}; {bands} of {self.dtype}, {nodata}; {blocks}; {size_mb:.1f} MB"


@dataclass(frozen=True, kw_only=True)
class Band:
    """One band of a raster; ``index`` counts from 1.

    Raises
    ------
    BadInput
        The raster has no such band.
    """

    raster: Raster
    index: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.raster.count:
            bands = "1 band" if self.raster.count == 1 else f"bands 1 to {self.raster.count}"
            raise BadInput(f"{self.raster.path}: there is no band {self.index}; the file has {bands}")
