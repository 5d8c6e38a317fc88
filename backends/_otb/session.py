"""The operations as chains of OTB applications, which a backend runs."""

import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rasterbout.backends._otb import step
from rasterbout.backends._otb.means import window_mean
from rasterbout.backends._otb.step import Step
from rasterbout.backends._shared import virtual
from rasterbout.contract import Output, Session
from rasterbout.grid import Grid
from rasterbout.header import read_header
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import Window

INTERPOLATOR = {Resampling.NEAREST: "nn", Resampling.BILINEAR: "linear", Resampling.CUBIC: "bco"}
REACH_PX = 3  # source pixels that the widest kernel reads around a centre


class OtbSession(Session):
    """Chains of steps, which ``run`` executes one by one; pieces are OTB's streaming tiles."""

    def __init__(self, run: Callable[[Step], None], resources: Resources) -> None:
        self._run = run
        self._chunk = resources.chunk
        self._threads = resources.threads

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        self._run(ndvi_step(red, nir, step.final_name(out, self._chunk, self._threads)))

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        with _scratch(out) as scratch:
            self._run_all(window_mean(source, factor, self._coarse_name(out, factor), scratch))

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        with _scratch(out) as scratch:
            ndvi = scratch / "ndvi.tif"
            self.ndvi(red, nir, Output(path=ndvi))  # tiled, as a square piece would cover parts of many strips
            self._run_all(window_mean(read_header(ndvi), factor, self._coarse_name(out, factor), scratch))

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        grid = step.without_odd_crs(onto)
        plain = replace(moving, grid=replace(moving.grid, crs=grid.crs))
        name = step.final_name(out, self._chunk, self._threads)
        with _scratch(out) as scratch:
            source = virtual.write_values_or_nan(scratch / "moving.vrt", plain, extent(moving.grid, onto))
            reference = step.reference(scratch, "onto", grid)
            result = name if grid == onto else str(scratch / "plain.tif")
            self._run(step.superimpose(source, reference, INTERPOLATOR[resampling], result))
            if grid != onto:
                view = virtual.write_moved(scratch / "final.vrt", Path(result), moving.count, onto)
                self._run(step.band_math_x([view], "im1", name))

    def _coarse_name(self, out: Output, factor: int) -> str:
        return step.final_name(out, None if self._chunk is None else max(1, self._chunk // factor), self._threads)

    def _run_all(self, steps: list[Step]) -> None:
        for one in steps:
            self._run(one)


@contextmanager
def _scratch(out: Output) -> Iterator[Path]:
    """Create a folder for intermediate files beside the output, as that disk has room; remove it afterwards."""
    with tempfile.TemporaryDirectory(dir=out.path.parent, prefix=f"{out.path.name}.") as folder:
        yield Path(folder)


def ndvi_step(red: Band, nir: Band, output: str) -> Step:
    """Return the step that computes the NDVI of two bands."""
    undefined = [f"im{number}b1 == {nodata!r}" for number, nodata in _nodata(red, nir)]
    condition = " || ".join([*undefined, "im2b1 + im1b1 == 0"])
    return Step(
        application="BandMath",
        parameters={
            "il": [step.band_name(red), step.band_name(nir)],
            "exp": f"({condition}) ? 0/0 : (im2b1 - im1b1) / (im2b1 + im1b1)",
        },
        output=output,
    )


def _nodata(red: Band, nir: Band) -> list[tuple[int, float]]:
    """Return numbers and nodata values of images, without those whose nodata is NaN, which propagates by itself."""
    declared = ((number, band.raster.nodata) for number, band in enumerate((red, nir), start=1))
    return [(number, nodata) for number, nodata in declared if nodata is not None and not math.isnan(nodata)]


def extent(moving: Grid, onto: Grid) -> Window:
    """Return the window of ``moving`` that contains both grids and the kernels at their edges."""
    to_moving = ~moving.transform @ onto.transform
    columns, rows = zip(to_moving @ (0, 0), to_moving @ (onto.width, onto.height), strict=True)
    top, bottom = _span(rows, moving.height)
    left, right = _span(columns, moving.width)
    return Window(top, left, bottom - top, right - left)


def _span(edges: tuple[float, float], length: int) -> tuple[int, int]:
    """Return begin and end of an axis in pixels: those of the image, or beyond it as far as the other grid extends."""
    low, high = math.floor(min(edges)), math.ceil(max(edges))
    return (low - REACH_PX if low < 0 else 0), (high + REACH_PX if high > length else length)
