"""Functions of numpy arrays, applied to each chunk by `dask.array.map_blocks`."""

from typing import Any

import dask.array as da
import numpy as np
import rasterio

from rasterbout.backends._dask.reading import read_pieces, read_whole_windows, whole_chunks, window_of
from rasterbout.backends._dask.session import TunedSession
from rasterbout.backends._dask.writing import write, write_coarse
from rasterbout.backends._shared import arithmetic, rasterio_files
from rasterbout.contract import TILE_EDGE, Output
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.window import piece_shape


class MapBlocksSession(TunedSession):
    """The session of `dask-map-blocks`."""

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        r, n = (read_pieces(band.raster, [band.index], self._chunk) for band in (red, nir))
        write(_ndvi(r, n, red, nir), red.raster.grid, out, self._cluster)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        pixels = read_whole_windows(source, list(range(1, source.count + 1)), self._chunk, factor, out)
        write_coarse(_mean(pixels, source.nodata, factor), source.grid.coarsen(factor), out, self._cluster)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        r, n = (read_whole_windows(band.raster, [band.index], self._chunk, factor, out) for band in (red, nir))
        write_coarse(_mean(_ndvi(r, n, red, nir), None, factor), red.raster.grid.coarsen(factor), out, self._cluster)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        chunks = whole_chunks(onto.shape, piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE)))
        values = da.map_blocks(
            _warped_block, moving, onto, resampling,
            dtype=np.float32, chunks=((moving.count,), *chunks), meta=np.empty((0, 0, 0), np.float32),
        )  # fmt: skip
        write(values, onto, out, self._cluster)


def _ndvi(red_pixels: da.Array, nir_pixels: da.Array, red: Band, nir: Band) -> da.Array:
    return da.map_blocks(
        arithmetic.ndvi, red_pixels, nir_pixels, red.raster.nodata, nir.raster.nodata, dtype=np.float32
    )


def _mean(pixels: da.Array, nodata: float | None, factor: int) -> da.Array:
    rows, columns = (tuple(size // factor for size in sizes) for sizes in pixels.chunks[1:])
    return da.map_blocks(
        arithmetic.window_mean, pixels, nodata, factor,
        dtype=np.float32, chunks=(pixels.chunks[0], rows, columns), meta=np.empty((0, 0, 0), np.float32),
    )  # fmt: skip


def _warped_block(
    moving: Raster,
    onto: Grid,
    resampling: Resampling,
    block_info: Any = None,
) -> arithmetic.Float32:
    window = window_of(block_info)
    with (
        rasterio.open(moving.path, sharing=False) as source,
        rasterio_files.warped(source, moving, onto, resampling) as view,
    ):
        pixels: arithmetic.Float32 = view.read(window=rasterio_files.block(window))
    return pixels
