"""Create, read and write files with rasterio."""

import math
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
from rasterbout.window import Window, aligned_piece, piece_shape

RESAMPLING = {
    Resampling.NEAREST: RasterioResampling.nearest,
    Resampling.BILINEAR: RasterioResampling.bilinear,
    Resampling.CUBIC: RasterioResampling.cubic,
}


BLOCKS_FOR_EACH = 16
"""Blocks of the output per thread that keep all threads busy until the end."""


def loaded_versions() -> dict[str, str]:
    """Return the versions of numpy and rasterio as loaded, and of the GDAL and PROJ that rasterio links."""
    return {
        "rasterio": rasterio.__version__,
        "gdal": rasterio.__gdal_version__,
        "proj": rasterio.__proj_version__,
        "numpy": np.__version__,
    }


def block(window: Window) -> Block:
    """Return ``window`` as a window of rasterio."""
    return Block(window.column, window.row, window.width, window.height)


def create(out: Output, grid: Grid, count: int, threads: int = 1) -> Any:
    """Create the output file and return it open for writing; GDAL compresses in ``threads`` threads."""
    return rasterio.open(out.path, "w", **_profile(out, grid, count, threads), nodata=np.nan)


def create_empty(out: Output, grid: Grid, count: int, *, allocated: bool) -> None:
    """Create the output file without pixels; blocks are written later.

    Parameters
    ----------
    allocated
        True gives every block its place in the file, so that blocks can be written side by side;
        False appends each block when it is written.
    """
    # GDAL fills the empty blocks of a file that declares nodata when it closes the file. Without nodata it
    # only sets the length of the file, which takes no time. So nodata is declared afterwards.
    options = {"SPARSE_OK": str(not allocated).upper()}
    with rasterio.open(out.path, "w", **_profile(out, grid, count), **options):
        pass
    with rasterio.open(out.path, "r+", sharing=False) as target:
        target.nodata = np.nan


def fits_in_place(out: Output, grid: Grid, chunks: tuple[tuple[int, ...], ...]) -> bool:
    """Return whether chunks can be written side by side.

    They can if the file is not compressed, and every chunk but the last ends where a block of the file ends.

    Parameters
    ----------
    chunks
        Sizes of the chunks in pixels: of rows, of columns.
    """
    blocks = out.layout.block_shape(grid.width)
    ends = all(size % block == 0 for sizes, block in zip(chunks, blocks, strict=True) for size in sizes[:-1])
    return ends and out.layout.compression == "none"


def even_chunks(shape: tuple[int, int], piece: tuple[int, int]) -> tuple[tuple[int, ...], ...]:
    """Return the sizes of chunks (of rows, of columns) of equal pieces; the last ones may reach beyond ``shape``."""
    return tuple((length,) * -(-edge // length) for edge, length in zip(shape, piece, strict=True))


def coarse_piece(chunk: int | None, source: Raster, factor: int) -> tuple[int, int]:
    """Return rows and columns of the pieces of an output whose pixels are windows of ``source``."""
    rows, columns = aligned_piece(piece_shape(chunk, source.grid.shape, source.block_shape), factor)
    return rows // factor, columns // factor


def unit_of(grid: Grid, piece: tuple[int, int], out: Output, threads: int) -> tuple[int, int]:
    """Return rows and columns that a thread writes at once: a block if blocks are many and larger, else a piece."""
    # GDAL keeps blocks that are written in part in its cache until the cache is full.
    blocks = out.layout.block_shape(grid.width)
    many = math.prod(-(-edge // block) for edge, block in zip(grid.shape, blocks, strict=True))
    small = math.prod(piece) < math.prod(blocks)
    return blocks if small and many >= BLOCKS_FOR_EACH * threads else piece


def write_into(path: Path, pixels: NDArray[np.float32], window: Window, threads: int) -> None:
    """Write float32 pixels (bands, rows, columns) into an existing file; GDAL compresses in ``threads`` threads."""
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
    """Return a view of the open dataset ``source`` on ``onto``: float32, NaN outside ``moving`` and for nodata."""
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
    """Return warp options of GDAL that make the pixels depend on the two grids only, not on the window."""
    return {
        "UNIFIED_SRC_NODATA": "NO",  # each band has its own invalid pixels
        # Otherwise GDAL estimates the scale from each window, and widens the kernel in windows at an edge.
        "XSCALE": abs(moving.transform.a / onto.transform.a),
        "YSCALE": abs(moving.transform.e / onto.transform.e),
    }


def warp_crs(grid: Grid) -> str:
    """Return the CRS of ``grid``, or any projected one if it has none: libraries that warp require a CRS."""
    return grid.crs or "EPSG:3857"
