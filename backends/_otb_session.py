"""The operations as chains of OTB applications; how an application is run is left to the backend."""

import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rasterbout.backends import _otb_step, _vrt
from rasterbout.backends._otb_means import window_mean
from rasterbout.backends._otb_step import Step
from rasterbout.contract import Output, Session
from rasterbout.grid import Grid
from rasterbout.header import read_header
from rasterbout.operations.operation import Operation
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import Window

INTERPOLATOR = {Resampling.NEAREST: "nn", Resampling.BILINEAR: "linear", Resampling.CUBIC: "bco"}
EXACT_IN_FLOAT32 = ("uint8", "int8", "uint16", "int16", "float32")
REACH_PX = 3  # source pixels that the widest kernel reads around a centre


def unsupported(operation: Operation) -> str | None:
    """Return why OTB cannot do ``operation``, None where it can."""
    for raster in operation.inputs:
        if raster.dtype not in EXACT_IN_FLOAT32:
            return f"OTB reads pixels as float32, which does not hold {raster.dtype} exactly"
        if not raster.grid.is_axis_aligned:
            return "OTB loses the rotation of a grid"
    return None


class OtbSession(Session):
    """Chains of steps, run one by one by ``run``; pieces are OTB's streaming tiles."""

    def __init__(self, run: Callable[[Step], None], resources: Resources) -> None:
        self._run = run
        self._chunk = resources.chunk
        self._threads = resources.threads

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        self._run(_ndvi(red, nir, _otb_step.final_name(out, self._chunk, self._threads)))

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        with _scratch(out) as scratch:
            self._run_all(window_mean(source, factor, self._coarse_name(out, factor), scratch))

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        with _scratch(out) as scratch:
            ndvi = scratch / "ndvi.tif"
            self.ndvi(red, nir, Output(path=ndvi))  # tiled: square pieces would be written into many strips each
            self._run_all(window_mean(read_header(ndvi), factor, self._coarse_name(out, factor), scratch))

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        grid = _otb_step.without_odd_crs(onto)
        plain = replace(moving, grid=replace(moving.grid, crs=grid.crs))
        name = _otb_step.final_name(out, self._chunk, self._threads)
        with _scratch(out) as scratch:
            source = _vrt.write_values_or_nan(scratch / "moving.vrt", plain, _extent(moving.grid, onto))
            reference = _otb_step.reference(scratch, "onto", grid)
            result = name if grid == onto else str(scratch / "plain.tif")
            self._run(_otb_step.superimpose(source, reference, INTERPOLATOR[resampling], result))
            if grid != onto:
                view = _vrt.write_moved(scratch / "final.vrt", Path(result), moving.count, onto)
                self._run(_otb_step.band_math_x([view], "im1", name))

    def _coarse_name(self, out: Output, factor: int) -> str:
        return _otb_step.final_name(out, None if self._chunk is None else max(1, self._chunk // factor), self._threads)

    def _run_all(self, steps: list[Step]) -> None:
        for step in steps:
            self._run(step)


@contextmanager
def _scratch(out: Output) -> Iterator[Path]:
    """Make a folder beside the output, where there is room for intermediate files; remove it afterwards."""
    with tempfile.TemporaryDirectory(dir=out.path.parent, prefix=f"{out.path.name}.") as folder:
        yield Path(folder)


def _ndvi(red: Band, nir: Band, output: str) -> Step:
    undefined = [f"im{number}b1 == {nodata!r}" for number, nodata in _nodata(red, nir)]
    condition = " || ".join([*undefined, "im2b1 + im1b1 == 0"])
    return Step(
        application="BandMath",
        parameters={
            "il": [_otb_step.band_name(red), _otb_step.band_name(nir)],
            "exp": f"({condition}) ? 0/0 : (im2b1 - im1b1) / (im2b1 + im1b1)",
        },
        output=output,
    )


def _nodata(red: Band, nir: Band) -> list[tuple[int, float]]:
    """Return the number of each image that declares nodata other than NaN, which spreads by itself."""
    declared = ((number, band.raster.nodata) for number, band in enumerate((red, nir), start=1))
    return [(number, nodata) for number, nodata in declared if nodata is not None and not math.isnan(nodata)]


def _extent(moving: Grid, onto: Grid) -> Window:
    """Return the window of ``moving``, possibly beyond its edges, that holds both grids and the kernels around them."""
    to_moving = ~moving.transform @ onto.transform
    columns, rows = zip(to_moving @ (0, 0), to_moving @ (onto.width, onto.height), strict=True)
    top, bottom = _span(rows, moving.height)
    left, right = _span(columns, moving.width)
    return Window(top, left, bottom - top, right - left)


def _span(edges: tuple[float, float], length: int) -> tuple[int, int]:
    """Return first and last pixel of an axis: the image's own, further out where the other grid reaches beyond."""
    low, high = math.floor(min(edges)), math.ceil(max(edges))
    return (low - REACH_PX if low < 0 else 0), (high + REACH_PX if high > length else length)
