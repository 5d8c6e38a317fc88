"""The operations as scripts of dask, in worker processes that read and write with rasterio."""

from pathlib import Path

from rasterbout.backends._dask.cluster import TUNED
from rasterbout.backends._dask.coarsen_session import chunks_between
from rasterbout.backends._dask.reading import chunks_of_pieces, chunks_of_whole_windows, whole_chunks
from rasterbout.backends._dask.writing import merged
from rasterbout.backends._shared import arithmetic, rasterio_files
from rasterbout.backends._shared.script import rendered
from rasterbout.contract import TILE_EDGE, Output, Script
from rasterbout.grid import Grid
from rasterbout.operations.operation import Operation
from rasterbout.raster import Raster
from rasterbout.resources import Resources
from rasterbout.window import piece_shape

TEMPLATES = Path(__file__).parent / "scripts"

Chunks = tuple[tuple[int, ...], tuple[int, ...]]
"""Sizes of chunks in pixels: of rows, of columns."""


def script(style: str, operation: Operation, resources: Resources, out: Output) -> Script | None:
    """Return a script on a local cluster, or None if the operation has no template.

    Parameters
    ----------
    style
        The folder of the templates: ``map_blocks`` or ``coarsen``.
    """
    grid, chunk = operation.grid, resources.chunk

    def piece_onto(onto: Grid) -> tuple[int, int]:
        return piece_shape(chunk, onto.shape, (TILE_EDGE, TILE_EDGE))

    def chunks_of_windows(raster: Raster, factor: int) -> Chunks:
        return chunks_of_whole_windows(raster, chunk, factor, out)

    def merged_windows(chunks: Chunks, factor: int) -> tuple[int, int]:
        return merged(tuple(tuple(size // factor for size in sizes) for sizes in chunks), grid, out)

    return rendered(
        [TEMPLATES / style, TEMPLATES], operation, resources, out,
        tuned=TUNED,
        chunks_of_pieces=lambda raster: chunks_of_pieces(raster, chunk),
        chunks_of_windows=chunks_of_windows,
        chunks_between=chunks_between,
        piece_onto=piece_onto,
        merged_windows=merged_windows,
        whole_chunks=lambda piece: whole_chunks(grid.shape, piece),
        fits_in_place=lambda chunks: rasterio_files.fits_in_place(out, grid, chunks),
        ndvi_type=arithmetic.ndvi_type,
        working_type=arithmetic.working_type,
        warp_crs=rasterio_files.warp_crs,
        warp_options=rasterio_files.warp_options,
    )  # fmt: skip
