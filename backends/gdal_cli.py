"""GDAL on the command line: ``gdal_calc.py`` for arithmetic, ``gdalwarp`` for means and resampling."""

import math
import os
import re
import shutil
import subprocess
import tempfile
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
from rasterbout.operation import Downscale, MeanNdvi, Ndvi, Operation, Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources

METHOD = {Resampling.NEAREST: "near", Resampling.BILINEAR: "bilinear", Resampling.CUBIC: "cubic"}
CALCULATOR, WARPER = "gdal_calc.py", "gdalwarp"
FEWEST_COLUMNS = 4  # seen in GDAL 3.6.2: means onto 1 column are NaN, onto 2 or 3 off by up to 4 %
REMEDY = "on Debian: sudo apt-get install gdal-bin; elsewhere put the programs of GDAL and its Python scripts on PATH"


class GdalCli(Backend):
    """What a user types; ``gdalwarp`` has as many threads as there are workers, ``gdal_calc.py`` one."""

    follows_chunk: ClassVar[bool] = False

    def probe(self) -> Availability:
        """Look for the programs, and ask them for their version."""
        missing = [program for program in (CALCULATOR, WARPER) if shutil.which(program) is None]
        if missing:
            return Availability(available=False, reason=f"no {' and no '.join(missing)} on PATH", remedy=REMEDY)
        return Availability(available=True, versions={"gdal": _version()})

    def unsupported(self, operation: Operation) -> str | None:
        """Refuse what ``gdalwarp`` cannot write: a grid that does not run east and south."""
        if isinstance(operation, Ndvi):
            return None
        grid = operation.grid
        if not grid.is_axis_aligned or grid.transform.a < 0 or grid.transform.e > 0:
            return "gdalwarp makes grids that run east and south alone"
        if isinstance(operation, Downscale | MeanNdvi) and grid.width < FEWEST_COLUMNS:
            return f"gdalwarp averages wrongly onto fewer than {FEWEST_COLUMNS} columns"
        return None

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Nothing stays alive between two commands."""
        yield _GdalSession(resources)


class _GdalSession(Session):
    def __init__(self, resources: Resources) -> None:
        self._threads = resources.threads
        # Scripts in Python run in an interpreter of their own, which has its own numpy.
        here = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
        self._environment = here | resources.environment()

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        self._run([
            CALCULATOR, "--quiet", "--overwrite", "--hideNoData", "--NoDataValue=nan", "--type=Float32",
            "--format=GTiff", f"--calc={_expression(red, nir)}", "-A", str(red.raster.path), f"--A_band={red.index}",
            "-B", str(nir.raster.path), f"--B_band={nir.index}", f"--outfile={out.path}",
            *_each("--co", out.layout.creation_options(self._threads)),
        ])  # fmt: skip

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        self._warp(source, source.grid.coarsen(factor), "average", {"UNIFIED_SRC_NODATA": "NO"}, out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            whole = Path(scratch) / "ndvi.tif"
            self.ndvi(red, nir, Output(path=whole))
            self.downscale(read_header(whole), factor, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        self._warp(moving, onto, METHOD[resampling], _rasterio.warp_options(moving.grid, onto), out)

    def _warp(self, source: Raster, onto: Grid, method: str, options: dict[str, str], out: Output) -> None:
        left, top = onto.transform @ (0, 0)
        right, bottom = onto.transform @ (onto.width, onto.height)
        with tempfile.TemporaryDirectory(dir=out.path.parent) as scratch:
            view = _vrt.nan_only(source, Path(scratch) / "source.vrt")
            invalid = ["-srcnodata", "nan"] if np.dtype(source.dtype).kind == "f" else []
            self._run([
                WARPER, "-q", "-overwrite", "-multi", "-wo", f"NUM_THREADS={self._threads}", "-r", method,
                "-ovr", "NONE", "-et", "0", "-ot", "Float32", *invalid, "-dstnodata", "nan",
                "-te", *map(repr, (left, bottom, right, top)), "-ts", str(onto.width), str(onto.height),
                *_each("-wo", options), *_each("-co", out.layout.creation_options(self._threads)),
                str(view.path), str(out.path),
            ])  # fmt: skip

    def _run(self, words: list[str]) -> None:
        done = subprocess.run(words, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = (done.stderr.strip() or done.stdout.strip() or "it printed nothing").splitlines()
            raise BackendFailed(f"{words[0]} ended with status {done.returncode}: {lines[-1]}")


def _expression(red: Band, nir: Band) -> str:
    """Return the NDVI of A and B as numpy writes it; without conversion integers would wrap."""
    kind = np.result_type(*(_numpy.working_type(band.raster.dtype) for band in (red, nir))).name
    r, n = f"A.astype({kind})", f"B.astype({kind})"
    declared = (("A", red.raster.nodata), ("B", nir.raster.nodata))
    undefined = [f"({name}=={nodata!r})" for name, nodata in declared if nodata is not None and not math.isnan(nodata)]
    return f"where({'|'.join([*undefined, f'({n}+{r}==0)'])}, nan, ({n}-{r})/({n}+{r}))"


def _each(option: str, values: dict[str, str]) -> list[str]:
    return [word for name, value in values.items() for word in (option, f"{name}={value}")]


@lru_cache(maxsize=1)
def _version() -> str:
    answer = subprocess.run([WARPER, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"GDAL ([\d.]+\w*)", answer)
    return match[1] if match else "unknown"
