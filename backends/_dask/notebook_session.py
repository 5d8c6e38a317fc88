"""What people write in a notebook: automatic chunks, one lock for all reads, compute everything, then write.

The arithmetic is that of the other backends. Reading, computing and writing are those that people
start with; whole rasters are held in one process.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import dask.array as da
import numpy as np
import rioxarray
import xarray as xr
from numpy.typing import NDArray

from rasterbout.backends._dask.cluster import Cluster, cluster
from rasterbout.backends._dask.expressions import ndvi, valid_or_nan
from rasterbout.backends._shared import rasterio_files
from rasterbout.contract import Output, Session
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources


class NotebookSession(Session):
    """The session of `dask-notebook`."""

    def __init__(self, threads: int, started: Cluster) -> None:
        self._threads = threads
        self._cluster = started

    @classmethod
    @contextmanager
    def opened(cls, resources: Resources) -> Iterator[Self]:
        """Start the cluster; leaving the context stops it."""
        with cluster(resources) as started:
            yield cls(resources.threads, started)

    def versions(self) -> dict[str, str]:
        """Return the versions of numpy, rasterio, GDAL and PROJ."""
        return rasterio_files.loaded_versions()

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        self._compute_then_write(_ndvi(red, nir), red.raster.grid, out)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        values = _window_mean(_open(source), factor)
        self._compute_then_write(values, source.grid.coarsen(factor), out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        values = _window_mean(_ndvi(red, nir), factor)
        self._compute_then_write(values, red.raster.grid.coarsen(factor), out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        pixels = self._cluster.compute(_open(moving))
        source = xr.DataArray(pixels, dims=("band", "y", "x"))
        source = source.rio.write_crs(rasterio_files.warp_crs(moving.grid)).rio.write_transform(moving.grid.transform)
        values = source.rio.write_nodata(np.nan).rio.reproject(
            rasterio_files.warp_crs(onto),
            shape=onto.shape,
            transform=onto.transform,
            resampling=rasterio_files.RESAMPLING[resampling],
            nodata=np.nan,
            num_threads=self._threads,
            **rasterio_files.warp_options(moving.grid, onto),
        )
        _write(values.to_numpy(), onto, out)

    def _compute_then_write(self, values: da.Array, grid: Grid, out: Output) -> None:
        _write(self._cluster.compute(values), grid, out)


def _open(raster: Raster) -> da.Array:
    """Return all bands (bands, rows, columns) as float64, the dtype that dividing integers yields in a notebook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # raised by rioxarray's own call of xarray
        stored = rioxarray.open_rasterio(raster.path, chunks=True, lock=True)
    return valid_or_nan(stored.data, raster.nodata).astype(np.float64)


def _ndvi(red: Band, nir: Band) -> da.Array:
    stacked = da.concatenate([_open(band.raster)[band.index - 1 : band.index] for band in (red, nir)])
    return ndvi(stacked[0], stacked[1])[None, :, :]


def _window_mean(values: da.Array, factor: int) -> da.Array:
    """Return the mean of the values other than NaN of each whole ``factor`` x ``factor`` window, NaN if it has none."""
    windows = {1: factor, 2: factor}
    total = da.coarsen(np.nansum, values, windows, trim_excess=True)
    count = da.coarsen(np.sum, ~da.isnan(values), windows, trim_excess=True)
    return total / da.where(count == 0, np.nan, count)


def _write(pixels: NDArray[np.floating], grid: Grid, out: Output) -> None:
    with rasterio_files.create(out, grid, len(pixels)) as target:
        target.write(pixels.astype(np.float32, copy=False))
