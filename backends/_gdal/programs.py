"""GDAL's programs on PATH, and their versions."""

import re
import shutil
import subprocess
from functools import lru_cache

CALCULATOR, WARPER, PIPELINES = "gdal_calc.py", "gdalwarp", "gdal"
CALC_STEP_SINCE = (3, 12)  # in older versions a pipeline must begin with ``read``


def has_pipelines() -> bool:
    """Return whether ``gdal raster pipeline`` is on PATH and has the step ``calc``."""
    numbers = re.findall(r"\d+", version(PIPELINES))
    return tuple(map(int, numbers[:2])) >= CALC_STEP_SINCE


def missing() -> list[str]:
    """Return which of ``gdal_calc.py`` and ``gdalwarp`` are not on PATH."""
    return [program for program in (CALCULATOR, WARPER) if shutil.which(program) is None]


def version(program: str) -> str:
    """Return the version that ``program`` prints: empty if it is not on PATH, ``unknown`` if it prints none."""
    path = shutil.which(program)
    return _version_at(path) if path else ""


@lru_cache
def _version_at(path: str) -> str:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"GDAL ([\d.]+\w*)", answer)
    return match[1] if match else "unknown"
