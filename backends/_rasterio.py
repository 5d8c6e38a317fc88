"""Reading and writing windows with rasterio, for the backends that use it."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling as RasterioResampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window as Block

from rasterbout.contract import Output
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Raster
from rasterbout.window import Window

RESAMPLING = {
    Resampling.NEAREST: RasterioResampling.nearest,
    Resampling.BILINEAR: RasterioResampling.bilinear,
    Resampling.CUBIC: RasterioResampling.cubic,
}


def versions() -> dict[str, str]:
    """Return the versions of rasterio and of the GDAL and PROJ inside it."""
    return {
        "rasterio": rasterio.__version__,
        "gdal": rasterio.__gdal_version__,
        "proj": rasterio.__proj_version__,
        "numpy": np.__version__,
    }


def block(window: Window) -> Block:
    """Return ``window`` as rasterio takes it."""
    return Block(window.column, window.row, window.width, window.height)


def create(out: Output, grid: Grid, count: int, threads: int = 1) -> Any:
    """Create the output file, open for writing; ``threads`` compress it."""
    return rasterio.open(out.path, "w", **_profile(out, grid, count, threads), nodata=np.nan)


def create_empty(out: Output, grid: Grid, count: int, *, allocated: bool) -> None:
    """Create the output file for others to write blocks into, each in its place or appended.

    A file that declares nodata has its empty blocks filled with it when it is closed. One that does
    not is only made as long as it will be, which takes no time; so nodata is declared afterwards.
    """
    options = {"SPARSE_OK": str(not allocated).upper()}
    with rasterio.open(out.path, "w", **_profile(out, grid, count), **options):
        pass
    with rasterio.open(out.path, "r+", sharing=False) as target:
        target.nodata = np.nan


def fits_in_place(out: Output, grid: Grid, chunks: tuple[tuple[int, ...], ...]) -> bool:
    """Whether all chunks (of rows, of columns) end where blocks of the file end, each with a place of its own."""
    blocks = out.layout.block_shape(grid.width)
    ends = all(size % block == 0 for sizes, block in zip(chunks, blocks, strict=True) for size in sizes[:-1])
    return ends and out.layout.compression == "none"


def even_chunks(shape: tuple[int, int], piece: tuple[int, int]) -> tuple[tuple[int, ...], ...]:
    """Return the chunks (of rows, of columns) of pieces of one size, as if the last ones were whole as well."""
    return tuple((length,) * -(-edge // length) for edge, length in zip(shape, piece, strict=True))


def write_into(path: Path, pixels: NDArray[np.float32], window: Window, threads: int) -> None:
    """Write pixels (bands, rows, columns) into a file that is there; ``threads`` compress them."""
    with rasterio.open(path, "r+", sharing=False, num_threads=threads) as target:
        target.write(pixels, window=block(window))


def _profile(out: Output, grid: Grid, count: int, threads: int = 1) -> dict[str, Any]:
    return {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": count,
        "dtype": "float32",
        "crs": grid.crs,
        "transform": grid.transform,
        **out.layout.creation_options(threads),
    }


def warped(source: Any, moving: Raster, onto: Grid, resampling: Resampling) -> WarpedVRT:
    """Return a view of the open file ``source`` on another grid: float32, NaN where it has no pixel."""
    return WarpedVRT(
        source,
        src_crs=warp_crs(moving.grid),
        crs=warp_crs(onto),
        transform=onto.transform,
        width=onto.width,
        height=onto.height,
        resampling=RESAMPLING[resampling],
        src_nodata=np.nan if moving.nodata is None else moving.nodata,
        nodata=np.nan,
        dtype="float32",
        **warp_options(moving.grid, onto),
    )


def warp_options(moving: Grid, onto: Grid) -> dict[str, Any]:
    """Return GDAL's options for a warp whose pixels depend on the two grids alone."""
    return {
        "UNIFIED_SRC_NODATA": "NO",  # a hole in one band is no hole in the others
        # Without these GDAL guesses the scale from each window, and takes a wider kernel where it is cut off.
        "XSCALE": abs(moving.transform.a / onto.transform.a),
        "YSCALE": abs(moving.transform.e / onto.transform.e),
    }


def warp_crs(grid: Grid) -> str:
    """Return a CRS for libraries that ask for one; of two grids without any, only the pixels' places count."""
    return grid.crs or "EPSG:3857"
