"""The operations as commands of GDAL.

Arithmetic is ``calc`` or ``gdal_calc.py``; means and resampling are ``reproject`` or ``gdalwarp``.
The steps of pipelines: https://gdal.org/en/stable/programs/gdal_raster_pipeline.html
"""

import math
import os
import subprocess
import tempfile
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np

from rasterbout.backends._gdal.programs import CALCULATOR, PIPELINES, WARPER
from rasterbout.backends._shared import arithmetic, rasterio_files, virtual
from rasterbout.contract import Output, Session
from rasterbout.errors import BackendFailed
from rasterbout.grid import Grid
from rasterbout.header import read_header
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources

MEANS = {"UNIFIED_SRC_NODATA": "NO"}  # each band has its own invalid pixels


class GdalSession(Session):
    """What both kinds of sessions share; GDAL warps in as many threads as there are workers."""

    def __init__(self, resources: Resources) -> None:
        self._threads = resources.threads
        # GDAL's Python scripts run in another interpreter, which must not import this one's libraries.
        here = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
        self._environment = here | resources.environment()

    @classmethod
    @contextmanager
    def opened(cls, resources: Resources) -> Iterator[Self]:
        """Create a session; nothing is kept alive between commands."""
        yield cls(resources)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        self._warp(source, source.grid.coarsen(factor), "average", MEANS, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        self._warp(moving, onto, resampling.value, rasterio_files.warp_options(moving.grid, onto), out)

    @abstractmethod
    def _warp(self, source: Raster, onto: Grid, method: str, options: dict[str, str], out: Output) -> None: ...

    def _run(self, words: list[str]) -> None:
        done = subprocess.run(words, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = (done.stderr.strip() or done.stdout.strip() or "it printed nothing").splitlines()
            said = next((line for line in lines if line.startswith("ERROR")), lines[-1])
            raise BackendFailed(f"{words[0]} ended with status {done.returncode}: {said}")


class Programs(GdalSession):
    """``gdal_calc.py`` and ``gdalwarp``, which exchange files."""

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        self._run([
            CALCULATOR, "--quiet", "--overwrite", "--hideNoData", "--NoDataValue=nan", "--type=Float32",
            "--format=GTiff", f"--calc={in_numpy(red, nir)}", "-A", str(red.raster.path), f"--A_band={red.index}",
            "-B", str(nir.raster.path), f"--B_band={nir.index}", f"--outfile={out.path}",
            *_each("--co", out.layout.creation_options(self._threads)),
        ])  # fmt: skip

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            whole = Path(scratch) / "ndvi.tif"
            self.ndvi(red, nir, Output(path=whole))
            self.downscale(read_header(whole), factor, out)

    def _warp(self, source: Raster, onto: Grid, method: str, options: dict[str, str], out: Output) -> None:
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            view = virtual.nan_only(source, Path(scratch) / "source.vrt")
            invalid = ["-srcnodata", "nan"] if np.dtype(source.dtype).kind == "f" else []
            self._run([
                WARPER, "-q", "-overwrite", "-multi", "-wo", f"NUM_THREADS={self._threads}",
                "-r", method.replace("nearest", "near"), "-ovr", "NONE", "-et", "0", "-ot", "Float32",
                *invalid, "-dstnodata", "nan", "-te", *corners(onto), "-ts", str(onto.width), str(onto.height),
                *_each("-wo", options), *_each("-co", out.layout.creation_options(self._threads)),
                str(view.path), str(out.path),
            ])  # fmt: skip


class Pipelines(GdalSession):
    """``gdal raster pipeline``, which passes blocks from step to step."""

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            self._pipeline(_calc(red, nir, Path(scratch)), out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        reproject = self._reproject(red.raster.grid.coarsen(factor), "average", MEANS)
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            self._pipeline(_calc(red, nir, Path(scratch)) + reproject, out)

    def _warp(self, source: Raster, onto: Grid, method: str, options: dict[str, str], out: Output) -> None:
        exact = virtual.exact_type(source)
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            view = virtual.nan_only(source, Path(scratch) / "source.vrt")
            steps = ["read", "--oo", "OVERVIEW_LEVEL=NONE", str(view.path), *_pixels_as(exact)]
            steps += self._reproject(onto, method, options)
            steps += ["--src-nodata", "nan"] if np.dtype(source.dtype).kind == "f" else []
            # `reproject` writes the file in several threads only if `write` follows directly.
            self._pipeline(steps if exact == "float32" else steps + _pixels_as("float32"), out)

    def _reproject(self, onto: Grid, method: str, options: dict[str, str]) -> list[str]:
        return [
            "!", "reproject", "--resampling", method, "--et", "0", "--num-threads", str(self._threads),
            "--dst-nodata", "nan", f"--bbox={','.join(corners(onto))}", f"--size={onto.width},{onto.height}",
            *_each("--wo", options),
        ]  # fmt: skip

    def _pipeline(self, steps: list[str], out: Output) -> None:
        write = ["!", "write", "--overwrite", *_each("--co", out.layout.creation_options(self._threads)), str(out.path)]
        self._run([PIPELINES, "raster", "pipeline", "--quiet", *steps, *write])


def _calc(red: Band, nir: Band, scratch: Path) -> list[str]:
    """Return the steps that compute NDVI, in float64."""
    a = virtual.write_without_nodata(scratch / "A.vrt", red.raster)
    b = virtual.write_without_nodata(scratch / "B.vrt", nir.raster)
    inputs = [f"--input=A={a}", f"--input=B={b}"]
    return ["calc", *inputs, f"--calc={in_pipelines(red, nir)}", "--nodata", "nan", *_pixels_as("float32")]


def in_pipelines(red: Band, nir: Band) -> str:
    """Return the NDVI of A and B as an expression of ``calc``, of inputs that declare no nodata.

    The formula tests for nodata itself. ``calc`` of GDAL 3.12.3 would also take values within a relative
    5e-7 of the nodata value for nodata, and integers that only approximate a fractional nodata value.
    """
    r, n = f"A[{red.index}]", f"B[{nir.index}]"
    # The parser of GDAL's expressions has no literal for infinity.
    undefined = [f"{pixel} == {value!r}".replace("inf", "1/0") for pixel, value in _given_nodata({r: red, n: nir})]
    return f"({' || '.join([*undefined, f'{n} + {r} == 0'])}) ? nan : ({n} - {r}) / ({n} + {r})"


def _pixels_as(dtype: str) -> list[str]:
    """Return the step that converts pixels to ``dtype``."""
    return ["!", "set-type", "--ot", dtype.capitalize()]


def corners(grid: Grid) -> list[str]:
    """Return left, bottom, right and top of an axis-aligned grid."""
    left, top = grid.transform @ (0, 0)
    right, bottom = grid.transform @ (grid.width, grid.height)
    return [repr(number) for number in (left, bottom, right, top)]


def in_numpy(red: Band, nir: Band) -> str:
    """Return the NDVI of A and B as a numpy expression; it converts to floats, as integers would overflow."""
    kind = np.result_type(*(arithmetic.working_type(band.raster.dtype) for band in (red, nir))).name
    r, n = f"A.astype({kind})", f"B.astype({kind})"
    undefined = [f"({name}=={value!r})" for name, value in _given_nodata({"A": red, "B": nir})]
    return f"where({'|'.join([*undefined, f'({n}+{r}==0)'])}, nan, ({n}-{r})/({n}+{r}))"


def _given_nodata(bands: dict[str, Band]) -> list[tuple[str, float]]:
    """Return the names and nodata values of bands, without those whose nodata is NaN, which propagates by itself."""
    values = ((name, band.raster.nodata) for name, band in bands.items())
    return [(name, value) for name, value in values if value is not None and not math.isnan(value)]


def _each(option: str, values: dict[str, str]) -> list[str]:
    return [word for name, value in values.items() for word in (option, f"{name}={value}")]
