"""Render scripts in which a pool of threads reads, computes and writes windows with rasterio."""

from pathlib import Path

from rasterbout.backends._shared import arithmetic, rasterio_files
from rasterbout.backends._shared.script import rendered
from rasterbout.contract import TILE_EDGE, Output, Script
from rasterbout.operations.operation import Operation
from rasterbout.raster import Raster
from rasterbout.resources import Resources
from rasterbout.window import piece_shape


def rendered_for_threads(folder: Path, operation: Operation, resources: Resources, out: Output) -> Script | None:
    """Return the script of ``operation`` by its template in ``folder``, or None if it has no template."""
    grid, chunk = operation.grid, resources.chunk

    def unit(piece: tuple[int, int]) -> tuple[int, int]:
        return rasterio_files.unit_of(grid, piece, out, resources.threads)

    def piece_of(raster: Raster) -> tuple[int, int]:
        return unit(piece_shape(chunk, raster.grid.shape, raster.block_shape))

    def fits_in_place(piece: tuple[int, int]) -> bool:
        return rasterio_files.fits_in_place(out, grid, rasterio_files.even_chunks(grid.shape, piece))

    return rendered(
        [folder], operation, resources, out,
        piece_of=piece_of,
        coarse_piece_of=lambda raster, factor: unit(rasterio_files.coarse_piece(chunk, raster, factor)),
        piece_onto=lambda onto: unit(piece_shape(chunk, onto.shape, (TILE_EDGE, TILE_EDGE))),
        fits_in_place=fits_in_place,
        ndvi_type=arithmetic.ndvi_type,
        warp_crs=rasterio_files.warp_crs,
        warp_options=rasterio_files.warp_options,
    )  # fmt: skip
