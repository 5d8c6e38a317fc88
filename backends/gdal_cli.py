"""GDAL on the command line: ``gdal raster pipeline`` from GDAL 3.12 on, else ``gdal_calc.py`` and ``gdalwarp``.

Arithmetic is ``calc`` or ``gdal_calc.py``; means and resampling are ``reproject`` or ``gdalwarp``.
The steps of pipelines: https://gdal.org/en/stable/programs/gdal_raster_pipeline.html
"""

import math
import os
import re
import shutil
import subprocess
import tempfile
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np

from rasterbout.backends import _numpy, _rasterio, _vrt
from rasterbout.contract import Availability, Backend, Output, Session
from rasterbout.errors import BackendFailed
from rasterbout.grid import Grid
from rasterbout.header import read_header
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.operations.superimpose import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources

CALCULATOR, WARPER, PIPELINES = "gdal_calc.py", "gdalwarp", "gdal"
CALC_STEP_SINCE = (3, 12)  # before, a pipeline had to begin with ``read``
FEWEST_COLUMNS = 4  # seen in GDAL 3.6.2: means onto 1 column are NaN, onto 2 or 3 off by up to 4 %
MEANS = {"UNIFIED_SRC_NODATA": "NO"}  # a hole in one band is no hole in the others
REMEDY = "on Debian: sudo apt-get install gdal-bin; elsewhere put the programs of GDAL and its Python scripts on PATH"


class GdalCli(Backend):
    """What a user types; warping has as many threads as there are workers, arithmetic one."""

    follows_chunk: ClassVar[bool] = False

    def probe(self) -> Availability:
        """Look for the programs, and ask them for their version."""
        if _has_pipelines():
            return Availability(available=True, versions={"gdal": _version(PIPELINES)})
        missing = [program for program in (CALCULATOR, WARPER) if shutil.which(program) is None]
        if missing:
            return Availability(available=False, reason=f"no {' and no '.join(missing)} on PATH", remedy=REMEDY)
        return Availability(available=True, versions={"gdal": _version(WARPER)})

    def unsupported(self, operation: Operation) -> str | None:
        """Refuse what GDAL's warper cannot write: a grid that does not run east and south."""
        if isinstance(operation, Ndvi):
            return None
        grid = operation.grid
        if not grid.is_axis_aligned or grid.transform.a < 0 or grid.transform.e > 0:
            return "GDAL warps onto grids that run east and south alone"
        if isinstance(operation, Downscale | MeanNdvi) and grid.width < FEWEST_COLUMNS:
            return f"GDAL averages wrongly onto fewer than {FEWEST_COLUMNS} columns"
        return None

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Nothing stays alive between two commands."""
        yield (_Pipelines if _has_pipelines() else _Programs)(resources)


class _GdalSession(Session):
    def __init__(self, resources: Resources) -> None:
        self._threads = resources.threads
        # Scripts in Python run in an interpreter of their own, which has its own numpy.
        here = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
        self._environment = here | resources.environment()

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        self._warp(source, source.grid.coarsen(factor), "average", MEANS, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        self._warp(moving, onto, resampling.value, _rasterio.warp_options(moving.grid, onto), out)

    @abstractmethod
    def _warp(self, source: Raster, onto: Grid, method: str, options: dict[str, str], out: Output) -> None: ...

    def _run(self, words: list[str]) -> None:
        done = subprocess.run(words, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = (done.stderr.strip() or done.stdout.strip() or "it printed nothing").splitlines()
            said = next((line for line in lines if line.startswith("ERROR")), lines[-1])
            raise BackendFailed(f"{words[0]} ended with status {done.returncode}: {said}")


class _Programs(_GdalSession):
    """One program after the other, with files between them."""

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        self._run([
            CALCULATOR, "--quiet", "--overwrite", "--hideNoData", "--NoDataValue=nan", "--type=Float32",
            "--format=GTiff", f"--calc={_in_numpy(red, nir)}", "-A", str(red.raster.path), f"--A_band={red.index}",
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
            view = _vrt.nan_only(source, Path(scratch) / "source.vrt")
            invalid = ["-srcnodata", "nan"] if np.dtype(source.dtype).kind == "f" else []
            self._run([
                WARPER, "-q", "-overwrite", "-multi", "-wo", f"NUM_THREADS={self._threads}",
                "-r", method.replace("nearest", "near"), "-ovr", "NONE", "-et", "0", "-ot", "Float32",
                *invalid, "-dstnodata", "nan", "-te", *_corners(onto), "-ts", str(onto.width), str(onto.height),
                *_each("-wo", options), *_each("-co", out.layout.creation_options(self._threads)),
                str(view.path), str(out.path),
            ])  # fmt: skip


class _Pipelines(_GdalSession):
    """One program, in which blocks go from step to step."""

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            self._pipeline(_calc(red, nir, Path(scratch)), out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        reproject = self._reproject(red.raster.grid.coarsen(factor), "average", MEANS)
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            self._pipeline(_calc(red, nir, Path(scratch)) + reproject, out)

    def _warp(self, source: Raster, onto: Grid, method: str, options: dict[str, str], out: Output) -> None:
        exact = np.result_type(source.dtype, np.float32).name
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            view = _vrt.nan_only(source, Path(scratch) / "source.vrt")
            steps = ["read", "--oo", "OVERVIEW_LEVEL=NONE", str(view.path), *_pixels_as(exact)]
            steps += self._reproject(onto, method, options)
            steps += ["--src-nodata", "nan"] if np.dtype(source.dtype).kind == "f" else []
            # Only where nothing follows it but the writing does `reproject` fill the file in threads.
            self._pipeline(steps if exact == "float32" else steps + _pixels_as("float32"), out)

    def _reproject(self, onto: Grid, method: str, options: dict[str, str]) -> list[str]:
        return [
            "!", "reproject", "--resampling", method, "--et", "0", "--num-threads", str(self._threads),
            "--dst-nodata", "nan", f"--bbox={','.join(_corners(onto))}", f"--size={onto.width},{onto.height}",
            *_each("--wo", options),
        ]  # fmt: skip

    def _pipeline(self, steps: list[str], out: Output) -> None:
        write = ["!", "write", "--overwrite", *_each("--co", out.layout.creation_options(self._threads)), str(out.path)]
        self._run([PIPELINES, "raster", "pipeline", "--quiet", *steps, *write])


def _calc(red: Band, nir: Band, scratch: Path) -> list[str]:
    """Return the steps that make NDVI, in float64.

    Nodata is in the formula. Left to ``calc`` of GDAL 3.12.3, values within 5e-7 of it, relatively, and
    fractions of it that integers cannot hold, would be nodata too.
    """
    r, n = f"A[{red.index}]", f"B[{nir.index}]"
    a = _vrt.write_without_nodata(scratch / "A.vrt", red.raster)
    b = _vrt.write_without_nodata(scratch / "B.vrt", nir.raster)
    # Its parser knows no word for infinity.
    undefined = [f"{pixel} == {value!r}".replace("inf", "1/0") for pixel, value in _given_nodata({r: red, n: nir})]
    formula = f"({' || '.join([*undefined, f'{n} + {r} == 0'])}) ? nan : ({n} - {r}) / ({n} + {r})"
    inputs = [f"--input=A={a}", f"--input=B={b}"]
    return ["calc", *inputs, f"--calc={formula}", "--nodata", "nan", *_pixels_as("float32")]


def _pixels_as(dtype: str) -> list[str]:
    return ["!", "set-type", "--ot", dtype.capitalize()]


def _corners(grid: Grid) -> list[str]:
    left, top = grid.transform @ (0, 0)
    right, bottom = grid.transform @ (grid.width, grid.height)
    return [repr(number) for number in (left, bottom, right, top)]


def _in_numpy(red: Band, nir: Band) -> str:
    """Return the NDVI of A and B as numpy writes it; without conversion integers would wrap."""
    kind = np.result_type(*(_numpy.working_type(band.raster.dtype) for band in (red, nir))).name
    r, n = f"A.astype({kind})", f"B.astype({kind})"
    undefined = [f"({name}=={value!r})" for name, value in _given_nodata({"A": red, "B": nir})]
    return f"where({'|'.join([*undefined, f'({n}+{r}==0)'])}, nan, ({n}-{r})/({n}+{r}))"


def _given_nodata(bands: dict[str, Band]) -> list[tuple[str, float]]:
    """Return the name of each band that has a nodata value other than NaN, which computes to NaN by itself."""
    values = ((name, band.raster.nodata) for name, band in bands.items())
    return [(name, value) for name, value in values if value is not None and not math.isnan(value)]


def _each(option: str, values: dict[str, str]) -> list[str]:
    return [word for name, value in values.items() for word in (option, f"{name}={value}")]


def _has_pipelines() -> bool:
    """Whether ``gdal raster pipeline`` is on PATH, and can compute."""
    numbers = re.findall(r"\d+", _version(PIPELINES))
    return tuple(map(int, numbers[:2])) >= CALC_STEP_SINCE


def _version(program: str) -> str:
    path = shutil.which(program)
    return _version_at(path) if path else ""


@lru_cache
def _version_at(path: str) -> str:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"GDAL ([\d.]+\w*)", answer)
    return match[1] if match else "unknown"
