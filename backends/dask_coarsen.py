"""Dask by array operations: arithmetic of lazy arrays, `dask.array.coarsen`, and odc-geo's lazy reprojection."""

from collections.abc import Iterator
from contextlib import contextmanager

import dask.array as da
import distributed
import numpy as np
from numpy.typing import NDArray
from odc.geo.geobox import GeoBox
from odc.geo.xr import wrap_xr, xr_reproject

from rasterbout.backends import _dask, _numpy, _rasterio
from rasterbout.backends._dask_arrays import ndvi, valid_or_nan
from rasterbout.contract import TILE_EDGE, Availability, Backend, Output, Session
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import piece_shape

REACH_PX = 4  # source pixels beyond a chunk that the widest kernel can ask for


class DaskCoarsen(Backend):
    """Expressions of whole lazy arrays; dask cuts them into tasks."""

    def probe(self) -> Availability:
        """Dask is a dependency: it is always there."""
        return _dask.availability()

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Start the local cluster."""
        with _dask.tuned_cluster(resources) as client:
            yield _CoarsenSession(resources.chunk, client)


class _CoarsenSession(Session):
    def __init__(self, chunk: int | None, client: distributed.Client) -> None:
        self._chunk = chunk
        self._client = client

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        values = ndvi(*(self._pieces(band) for band in (red, nir)))
        _dask.write(values, red.raster.grid, out, self._client)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        values = self._windows(source, list(range(1, source.count + 1)), factor, out)
        _dask.write_coarse(_window_mean(values, factor), source.grid.coarsen(factor), out, self._client)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        values = ndvi(*(self._windows(band.raster, [band.index], factor, out) for band in (red, nir)))
        _dask.write_coarse(_window_mean(values, factor), red.raster.grid.coarsen(factor), out, self._client)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        piece = piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE))
        stored = _dask.read(moving, list(range(1, moving.count + 1)), _chunks_between(moving.grid, onto, piece))
        source = wrap_xr(valid_or_nan(stored, moving.nodata), _geobox(moving.grid), nodata=np.nan, axis=1)
        values = xr_reproject(source, _geobox(onto), resampling=resampling.value, dst_nodata=np.nan, chunks=piece)
        _dask.write(values.data, onto, out, self._client)

    def _pieces(self, band: Band) -> da.Array:
        return valid_or_nan(_dask.read_pieces(band.raster, [band.index], self._chunk), band.raster.nodata)

    def _windows(self, raster: Raster, bands: list[int], factor: int, out: Output) -> da.Array:
        return valid_or_nan(_dask.read_whole_windows(raster, bands, self._chunk, factor, out), raster.nodata)


def _window_mean(values: da.Array, factor: int) -> da.Array:
    """Return the mean of what is not NaN in each whole ``factor`` x ``factor`` window, NaN where all is.

    One reduction, as dask joins only tasks that follow each other one by one into one.
    """
    return da.coarsen(_valid_mean, values, {1: factor, 2: factor}, trim_excess=True)


def _valid_mean(windows: NDArray[np.floating], axis: tuple[int, ...] | None = None) -> NDArray[np.float32]:
    """Reduce a chunk as `dask.array.coarsen` cuts it: (bands, 1, rows, factor, columns, factor)."""
    if axis is None:  # dask asks for the type
        return np.empty((1,) * windows.ndim, np.float32)
    bands, _, rows, factor, columns, _ = windows.shape
    return _numpy.window_mean(windows.reshape(bands, rows * factor, columns * factor), None, factor)


def _geobox(grid: Grid) -> GeoBox:
    return GeoBox(grid.shape, grid.transform, _rasterio.warp_crs(grid))


def _chunks_between(moving: Grid, onto: Grid, piece: tuple[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Cut ``moving`` into chunks whose borders stay away from where the output's chunks end.

    The lazy reprojection gives each chunk of the output the source chunks that it touches and not
    their neighbours. A kernel on the output chunk's edge reads beyond it; so the source's borders lie
    in the middle of the output's chunks, where no kernel on an edge reaches.
    """
    to_source = ~moving.transform @ onto.transform
    down = _edges(onto.height, piece[0]) * to_source.e + to_source.f
    across = _edges(onto.width, piece[1]) * to_source.a + to_source.c
    return _sizes_between(down, moving.height), _sizes_between(across, moving.width)


def _edges(length: int, piece: int) -> NDArray[np.float64]:
    return np.append(np.arange(0, length, piece), length).astype(np.float64)


def _sizes_between(edges: NDArray[np.float64], length: int) -> tuple[int, ...]:
    edges = np.sort(edges)
    wide = np.diff(edges) > 2 * REACH_PX + 2
    middles = (edges[:-1] + edges[1:])[wide] / 2
    borders = np.rint([edges[0] - REACH_PX - 1, *middles, edges[-1] + REACH_PX + 1])
    inside = borders[(borders > 0) & (borders < length)]
    return tuple(int(size) for size in np.diff([0, *inside, length]))
