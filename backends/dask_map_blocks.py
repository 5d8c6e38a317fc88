"""Dask by `map_blocks`: numpy functions applied to each chunk by the workers of a local cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dask.array as da
import distributed
import numpy as np
import rasterio

from rasterbout.backends import _dask, _numpy, _rasterio
from rasterbout.contract import TILE_EDGE, Availability, Backend, Output, Session
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import piece_shape


class DaskMapBlocks(Backend):
    """Each chunk is read, computed and written by one worker process."""

    def probe(self) -> Availability:
        """Dask is a dependency: it is always there."""
        return _dask.availability()

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Start the local cluster."""
        with _dask.tuned_cluster(resources) as client:
            yield _MapBlocksSession(resources.chunk, client)


class _MapBlocksSession(Session):
    def __init__(self, chunk: int | None, client: distributed.Client) -> None:
        self._chunk = chunk
        self._client = client

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        r, n = (_dask.read_pieces(band.raster, [band.index], self._chunk) for band in (red, nir))
        _dask.write(_ndvi(r, n, red, nir), red.raster.grid, out, self._client)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        pixels = _dask.read_whole_windows(source, list(range(1, source.count + 1)), self._chunk, factor, out)
        _dask.write_coarse(_mean(pixels, source.nodata, factor), source.grid.coarsen(factor), out, self._client)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        r, n = (_dask.read_whole_windows(band.raster, [band.index], self._chunk, factor, out) for band in (red, nir))
        _dask.write_coarse(
            _mean(_ndvi(r, n, red, nir), None, factor), red.raster.grid.coarsen(factor), out, self._client
        )

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        chunks = _dask.whole_chunks(onto.shape, piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE)))
        values = da.map_blocks(
            _warped_block, moving, onto, resampling,
            dtype=np.float32, chunks=((moving.count,), *chunks), meta=np.empty((0, 0, 0), np.float32),
        )  # fmt: skip
        _dask.write(values, onto, out, self._client)


def _ndvi(red_pixels: da.Array, nir_pixels: da.Array, red: Band, nir: Band) -> da.Array:
    return da.map_blocks(_numpy.ndvi, red_pixels, nir_pixels, red.raster.nodata, nir.raster.nodata, dtype=np.float32)


def _mean(pixels: da.Array, nodata: float | None, factor: int) -> da.Array:
    rows, columns = (tuple(size // factor for size in sizes) for sizes in pixels.chunks[1:])
    return da.map_blocks(
        _numpy.window_mean, pixels, nodata, factor,
        dtype=np.float32, chunks=(pixels.chunks[0], rows, columns), meta=np.empty((0, 0, 0), np.float32),
    )  # fmt: skip


def _warped_block(
    moving: Raster,
    onto: Grid,
    resampling: Resampling,
    block_info: Any = None,
) -> _numpy.Float32:
    window = _dask.window_of(block_info)
    with (
        rasterio.open(moving.path, sharing=False) as source,
        _rasterio.warped(source, moving, onto, resampling) as view,
    ):
        pixels: _numpy.Float32 = view.read(window=_rasterio.block(window))
    return pixels
