"""Expressions of whole lazy arrays, `dask.array.coarsen`, and the lazy reprojection of odc-geo."""

import dask.array as da
import numpy as np
from numpy.typing import NDArray
from odc.geo.geobox import GeoBox
from odc.geo.xr import wrap_xr, xr_reproject

from rasterbout.backends._dask.expressions import ndvi, valid_or_nan
from rasterbout.backends._dask.reading import read, read_pieces, read_whole_windows
from rasterbout.backends._dask.session import TunedSession
from rasterbout.backends._dask.writing import write, write_coarse
from rasterbout.backends._shared import arithmetic, rasterio_files
from rasterbout.contract import TILE_EDGE, Output
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.window import piece_shape

REACH_PX = 4  # source pixels that the widest kernel reads beyond the edge of a chunk


class CoarsenSession(TunedSession):
    """The session of `dask-coarsen`."""

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        values = ndvi(*(self._pieces(band) for band in (red, nir)))
        write(values, red.raster.grid, out, self._cluster)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        values = self._windows(source, list(range(1, source.count + 1)), factor, out)
        write_coarse(_window_mean(values, factor), source.grid.coarsen(factor), out, self._cluster)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        values = ndvi(*(self._windows(band.raster, [band.index], factor, out) for band in (red, nir)))
        write_coarse(_window_mean(values, factor), red.raster.grid.coarsen(factor), out, self._cluster)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        piece = piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE))
        stored = read(moving, list(range(1, moving.count + 1)), chunks_between(moving.grid, onto, piece))
        source = wrap_xr(valid_or_nan(stored, moving.nodata), _geobox(moving.grid), nodata=np.nan, axis=1)
        values = xr_reproject(source, _geobox(onto), resampling=resampling.value, dst_nodata=np.nan, chunks=piece)
        write(values.data, onto, out, self._cluster)

    def _pieces(self, band: Band) -> da.Array:
        return valid_or_nan(read_pieces(band.raster, [band.index], self._chunk), band.raster.nodata)

    def _windows(self, raster: Raster, bands: list[int], factor: int, out: Output) -> da.Array:
        return valid_or_nan(read_whole_windows(raster, bands, self._chunk, factor, out), raster.nodata)


def _window_mean(values: da.Array, factor: int) -> da.Array:
    """Return the mean of the values other than NaN of each whole ``factor`` x ``factor`` window, NaN if it has none."""
    # One reduction instead of a sum and a count, as dask fuses only linear chains of tasks.
    return da.coarsen(_valid_mean, values, {1: factor, 2: factor}, trim_excess=True)


def _valid_mean(windows: NDArray[np.floating], axis: tuple[int, ...] | None = None) -> NDArray[np.float32]:
    """Reduce a chunk in the shape that `dask.array.coarsen` passes: (bands, 1, rows, factor, columns, factor)."""
    if axis is None:  # dask infers the dtype of the result
        return np.empty((1,) * windows.ndim, np.float32)
    bands, _, rows, factor, columns, _ = windows.shape
    return arithmetic.window_mean(windows.reshape(bands, rows * factor, columns * factor), None, factor)


def _geobox(grid: Grid) -> GeoBox:
    return GeoBox(grid.shape, grid.transform, rasterio_files.warp_crs(grid))


def chunks_between(moving: Grid, onto: Grid, piece: tuple[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return sizes of chunks of ``moving`` (of rows, of columns) that end away from the edges of output chunks.

    The lazy reprojection passes to each chunk of the output only the source chunks that it overlaps.
    Kernels at the edges of an output chunk read source pixels beyond it. So the source chunks end in the
    middle of output chunks, which no kernel at an edge reaches.
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
