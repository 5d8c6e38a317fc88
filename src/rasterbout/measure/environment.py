"""What a run was measured on."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import psutil

LIBRARIES = (
    "affine", "bokeh", "dask", "distributed", "numpy", "odc-geo", "pandas", "pyproj", "rasterbout", "rasterio",
    "rioxarray", "scipy", "xarray",
)  # fmt: skip


def describe_environment(settings: dict[str, Any]) -> dict[str, Any]:
    """Return machine, libraries and ``settings``; sizes in bytes."""
    versions = {found.name.lower(): found.version for found in distributions()}
    return {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": psutil.virtual_memory().total,
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": list(os.getloadavg()),
        "libraries": {name: versions[name] for name in LIBRARIES if name in versions},
        "settings": settings,
    }


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
