"""Find the OTB of this machine: its command line, its applications, an interpreter with its Python module."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path

from rasterbout.backends import _otb_libraries

REMEDY = (
    "on Debian: sudo tools/install_otb.sh; elsewhere: unpack the official OTB package and source its otbenv.profile"
)
LAUNCHER = "otbApplicationLauncherCommandLine"
PROBE = (
    "import otbApplication, sys; "
    "sys.exit('BandMath' not in otbApplication.Registry.GetAvailableApplications())"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Python:
    """An interpreter that can import ``otbApplication``, and the environment in which it can."""

    executable: str
    environment: dict[str, str]


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """Return the environment in which OTB runs: this one, or that of an official package's profile."""
    here = dict(os.environ)
    if shutil.which("otbcli_BandMath") or "OTB_APPLICATION_PATH" in here:
        return _with_applications(here)
    for profile in _profiles():
        return _sourced(profile)
    return _with_applications(here)


@lru_cache(maxsize=1)
def command_line() -> Path | None:
    """Return the folder of the ``otbcli_`` scripts, None where there is none."""
    env = environment()
    found = shutil.which("otbcli_BandMath", path=os.pathsep.join(_program_folders(env)))
    return Path(found).parent if found else None


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version that OTB's command line tells of itself."""
    folder = command_line()
    if folder is None:
        return "unknown"
    answer = subprocess.run(
        [folder / "otbcli_BandMath", "-help"], capture_output=True, text=True, env=environment(), check=False
    )
    match = re.search(r"version ([\d.]+\w*)", answer.stdout + answer.stderr)
    return match[1] if match else "unknown"


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Return the versions of OTB and of the GDAL and PROJ in its process."""
    folder = command_line()
    launcher = shutil.which(LAUNCHER, path=str(folder)) if folder else None
    linked = _otb_libraries.versions(Path(launcher), environment()) if launcher else {}
    return {"otb": version(), **linked}


@lru_cache(maxsize=1)
def python() -> Python | None:
    """Return the first interpreter that can import ``otbApplication``: the user's own, then the one built here."""
    for executable, env in _candidates():
        probe = subprocess.run([executable, "-c", PROBE], capture_output=True, env=env, check=False)
        if probe.returncode == 0:
            return Python(executable=executable, environment=env)
    return None


def _candidates() -> Iterator[tuple[str, dict[str, str]]]:
    env = environment()
    interpreters = dict.fromkeys(
        found
        for name in ("python3", "/usr/bin/python3", sys.executable)
        if (found := shutil.which(name, path=env.get("PATH")))
    )
    for folder in _module_folders(env):
        paths = [str(folder), *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
        for executable in interpreters:
            yield executable, env | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def _module_folders(env: dict[str, str]) -> list[Path]:
    """Return the folders that hold ``otbApplication.py``, those that the user has set up first."""
    named = [Path(folder) for folder in env.get("PYTHONPATH", "").split(os.pathsep) if folder]
    packaged = [root / "lib" / below for root in _roots(env) for below in ("otb/python", "python")]
    cache = Path(os.environ.get("RASTERBOUT_CACHE") or user_cache_path("rasterbout"))
    folders = (*named, *packaged, cache / "otb" / "python", Path("/usr/lib/python3/dist-packages"))
    return [folder for folder in folders if (folder / "otbApplication.py").is_file()]


def _program_folders(env: dict[str, str]) -> list[str]:
    return [*env.get("PATH", "").split(os.pathsep), *(str(root / "bin") for root in _roots(env))]


def _roots(env: dict[str, str]) -> list[Path]:
    """Return the roots of the installations whose ``lib/otb/applications`` are named by the environment."""
    named = (Path(folder) for folder in env.get("OTB_APPLICATION_PATH", "").split(os.pathsep) if folder)
    return [folder.parents[2] for folder in named if len(folder.parents) > 2]


def _with_applications(env: dict[str, str]) -> dict[str, str]:
    if "OTB_APPLICATION_PATH" in env:
        return env
    distribution = next(iter(sorted(Path("/usr/lib").glob("*/otb/applications"))), None)
    return env if distribution is None else env | {"OTB_APPLICATION_PATH": str(distribution)}


def _profiles() -> list[Path]:
    places = (Path("/opt"), Path("/usr/local"), Path.home())
    return sorted((profile for place in places for profile in place.glob("OTB*/otbenv.profile")), reverse=True)


def _sourced(profile: Path) -> dict[str, str]:
    answer = subprocess.run(
        ["bash", "-c", '. "$0" >/dev/null 2>&1; env -0', str(profile)], capture_output=True, text=True, check=True
    )
    return dict(line.split("=", 1) for line in answer.stdout.split("\0") if "=" in line)
