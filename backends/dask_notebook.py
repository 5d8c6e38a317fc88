"""The baseline: how a notebook does it. Automatic chunks, one lock for all reads, compute, then write.

The arithmetic is that of the other backends; the ways of reading, computing and writing are those
that people start from, whole rasters in one process included.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import dask.array as da
import distributed
import numpy as np
import rioxarray
import xarray as xr
from numpy.typing import NDArray

from rasterbout.backends import _dask, _rasterio
from rasterbout.backends._dask_arrays import ndvi, valid_or_nan
from rasterbout.contract import Availability, Backend, Output, Session
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources


class DaskNotebook(Backend):
    """rioxarray with ``chunks=True`` and ``lock=True`` on a local cluster."""

    follows_chunk: ClassVar[bool] = False

    def probe(self) -> Availability:
        """Dask and rioxarray are dependencies: they are always there."""
        found = _dask.availability()
        return Availability(available=True, versions={**found.versions, "rioxarray": rioxarray.__version__})

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Start the local cluster."""
        with _dask.cluster(resources) as client:
            yield _NotebookSession(resources.threads, client)


class _NotebookSession(Session):
    def __init__(self, threads: int, client: distributed.Client) -> None:
        self._threads = threads
        self._client = client

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        self._compute_then_write(_ndvi(red, nir), red.raster.grid, out)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        values = _window_mean(_open(source), factor)
        self._compute_then_write(values, source.grid.coarsen(factor), out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        values = _window_mean(_ndvi(red, nir), factor)
        self._compute_then_write(values, red.raster.grid.coarsen(factor), out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        pixels = self._client.compute(_open(moving), sync=True)
        source = xr.DataArray(pixels, dims=("band", "y", "x"))
        source = source.rio.write_crs(_rasterio.warp_crs(moving.grid)).rio.write_transform(moving.grid.transform)
        values = source.rio.write_nodata(np.nan).rio.reproject(
            _rasterio.warp_crs(onto),
            shape=onto.shape,
            transform=onto.transform,
            resampling=_rasterio.RESAMPLING[resampling],
            nodata=np.nan,
            num_threads=self._threads,
            **_rasterio.warp_options(moving.grid, onto),
        )
        _write(values.to_numpy(), onto, out)

    def _compute_then_write(self, values: da.Array, grid: Grid, out: Output) -> None:
        _write(self._client.compute(values, sync=True), grid, out)


def _open(raster: Raster) -> da.Array:
    """Return all bands (bands, rows, columns) as float64, which a division of integers gives in a notebook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of rioxarray's own call of xarray
        stored = rioxarray.open_rasterio(raster.path, chunks=True, lock=True)
    return valid_or_nan(stored.data, raster.nodata).astype(np.float64)


def _ndvi(red: Band, nir: Band) -> da.Array:
    stacked = da.concatenate([_open(band.raster)[band.index - 1 : band.index] for band in (red, nir)])
    return ndvi(stacked[0], stacked[1])[None, :, :]


def _window_mean(values: da.Array, factor: int) -> da.Array:
    """Return the mean of what is not NaN in each whole ``factor`` x ``factor`` window, NaN where all is."""
    windows = {1: factor, 2: factor}
    total = da.coarsen(np.nansum, values, windows, trim_excess=True)
    count = da.coarsen(np.sum, ~da.isnan(values), windows, trim_excess=True)
    return total / da.where(count == 0, np.nan, count)


def _write(pixels: NDArray[np.floating], grid: Grid, out: Output) -> None:
    with _rasterio.create(out, grid, len(pixels)) as target:
        target.write(pixels.astype(np.float32, copy=False))
