"""Find the installed OTB: its command line, its applications, an interpreter with its Python module.

`remembered` keeps what subprocesses answered, so that asking again starts none.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rasterbout.backends._otb import libraries
from rasterbout.backends._otb.remembered import remembered
from rasterbout.cache_folder import cache_root

REMEDY = (
    "on Debian: sudo tools/install_otb.sh; elsewhere: unpack the official OTB package and source its otbenv.profile"
)
NO_MODULE = "no Python interpreter found that can import otbApplication"
LAUNCHER = "otbApplicationLauncherCommandLine"
IMPORT = (
    "import otbApplication, sys; "
    "sys.exit('BandMath' not in otbApplication.Registry.GetAvailableApplications())"
)  # fmt: skip
VARIABLE = re.compile(r"\$\{?(\w+)")
OF_BASH = ("_", "SHLVL", "PWD", "OLDPWD")
"""Variables that bash sets itself."""


@dataclass(frozen=True, kw_only=True)
class Python:
    """An interpreter that can import ``otbApplication``, and the environment variables that this needs."""

    executable: str
    environment: dict[str, str]


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """Return the environment variables for OTB: the current ones, or those that an official package's profile sets."""
    here = dict(os.environ)
    sourced = profile()
    return _sourced(sourced, here) if sourced else _with_applications(here)


def profile() -> Path | None:
    """Return the profile of an official package that must be sourced first, None if OTB is found without it."""
    if shutil.which("otbcli_BandMath") or "OTB_APPLICATION_PATH" in os.environ:
        return None
    return next(iter(_profiles()), None)


@lru_cache(maxsize=1)
def command_line() -> Path | None:
    """Return the folder of the ``otbcli_`` scripts, None if there is none."""
    env = environment()
    found = shutil.which("otbcli_BandMath", path=os.pathsep.join(_program_folders(env)))
    return Path(found).parent if found else None


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version that OTB's command line prints, ``unknown`` if it prints none."""
    folder = command_line()
    if folder is None:
        return "unknown"
    files = [folder / "otbcli_BandMath", folder / "otbcli", *_linked(folder), *_applications(environment())]
    found = remembered("version of OTB", lambda: _version(folder), files=files, environment=environment())
    return str(found or "unknown")


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Return the versions of OTB and of the GDAL and PROJ that it links."""
    folder = command_line()
    launcher = shutil.which(LAUNCHER, path=str(folder)) if folder else None
    if folder is None or launcher is None:
        return {"otb": version()}
    files = [Path(launcher), Path(sys.executable), *_linked(folder)]

    def ask() -> dict[str, str] | None:
        return libraries.versions(Path(launcher), environment()) or None

    return {"otb": version(), **(remembered("libraries of OTB", ask, files=files, environment=environment()) or {})}


@lru_cache(maxsize=1)
def python() -> Python | None:
    """Return the first interpreter that can import ``otbApplication``, None if there is none.

    Modules on ``PYTHONPATH`` come first, then those of packages, then the one that ``tools/install_otb.sh`` built.
    """
    candidates = list(_candidates())
    if not candidates:
        return None

    def ask() -> int | None:
        return _first_that_imports(candidates)

    question = f"interpreter of {[(found.executable, found.environment['PYTHONPATH']) for found in candidates]}"
    chosen = remembered(question, ask, files=_files_of_candidates(candidates), environment=environment())
    return candidates[chosen] if isinstance(chosen, int) and 0 <= chosen < len(candidates) else None


def _version(folder: Path) -> str | None:
    answer = subprocess.run(
        [folder / "otbcli_BandMath", "-help"], capture_output=True, text=True, env=environment(), check=False
    )
    match = re.search(r"version ([\d.]+\w*)", answer.stdout + answer.stderr)
    return match[1] if match else None


def _linked(folder: Path) -> list[Path]:
    """Return the launcher and the files on which the libraries that it loads depend."""
    found = [folder / LAUNCHER, Path("/etc/ld.so.cache")]
    beside = [folder.parent / "lib", *_folders(environment().get("LD_LIBRARY_PATH", ""))]
    return [*found, *(file for place in beside for name in ("gdal", "proj") for file in place.glob(f"lib{name}.so*"))]


def _applications(env: dict[str, str]) -> list[Path]:
    """Return where the application BandMath may be."""
    return [folder / "otbapp_BandMath.so" for folder in _folders(env.get("OTB_APPLICATION_PATH", ""))]


def _first_that_imports(candidates: list[Python]) -> int | None:
    """Return the number of the first candidate that can import the module, -1 if none can.

    None if a candidate was stopped by a signal, as it may succeed another time.
    """
    stopped = False
    for number, candidate in enumerate(candidates):
        command = [candidate.executable, "-c", IMPORT]
        done = subprocess.run(command, capture_output=True, env=candidate.environment, check=False)
        if done.returncode == 0:
            return number
        stopped = stopped or done.returncode < 0
    return None if stopped else -1


def _candidates() -> Iterator[Python]:
    env = environment()
    interpreters = dict.fromkeys(
        found
        for name in ("python3", "/usr/bin/python3", sys.executable)
        if (found := shutil.which(name, path=env.get("PATH")))
    )
    for folder in _module_folders(env):
        paths = [str(folder), *map(str, _folders(env.get("PYTHONPATH", "")))]
        for executable in interpreters:
            path = os.pathsep.join(dict.fromkeys(paths))
            yield Python(executable=executable, environment=env | {"PYTHONPATH": path})


def _files_of_candidates(candidates: Iterable[Python]) -> list[Path]:
    """Return interpreters, their folders of packages, and the files of the modules.

    The time of modification of a folder changes when a package such as numpy is installed or removed.
    """
    files: dict[Path, None] = {}
    for candidate in candidates:
        executable = Path(candidate.executable)
        prefixes = [path.parent.parent for path in (executable, executable.resolve())]
        places = [*prefixes, Path("/usr/local"), Path.home() / ".local"]
        packages = [folder for place in places for folder in sorted(place.glob("lib/python3*/*-packages"))]
        imported = _folders(candidate.environment["PYTHONPATH"])
        modules = [file for folder in imported for file in sorted(folder.glob("*otbApplication*"))]
        files |= dict.fromkeys([executable, *packages, *imported, *modules])
    return [*files, *_applications(environment()), Path("/etc/ld.so.cache")]


def _module_folders(env: dict[str, str]) -> list[Path]:
    """Return the folders that contain ``otbApplication.py``, first those on ``PYTHONPATH``."""
    packaged = [root / "lib" / below for root in _roots(env) for below in ("otb/python", "python")]
    built = cache_root() / "otb" / "python"
    folders = (*_folders(env.get("PYTHONPATH", "")), *packaged, built, Path("/usr/lib/python3/dist-packages"))
    return [folder for folder in folders if (folder / "otbApplication.py").is_file()]


def _program_folders(env: dict[str, str]) -> list[str]:
    return [*env.get("PATH", "").split(os.pathsep), *(str(root / "bin") for root in _roots(env))]


def _roots(env: dict[str, str]) -> list[Path]:
    """Return the roots of the installations whose ``lib/otb/applications`` are in ``OTB_APPLICATION_PATH``."""
    named = _folders(env.get("OTB_APPLICATION_PATH", ""))
    return [folder.parents[2] for folder in named if len(folder.parents) > 2]


def _folders(value: str) -> list[Path]:
    """Return the folders that a variable such as ``PATH`` lists."""
    return [Path(folder) for folder in value.split(os.pathsep) if folder]


def _with_applications(env: dict[str, str]) -> dict[str, str]:
    if "OTB_APPLICATION_PATH" in env:
        return env
    distribution = next(iter(sorted(Path("/usr/lib").glob("*/otb/applications"))), None)
    return env if distribution is None else env | {"OTB_APPLICATION_PATH": str(distribution)}


def _profiles() -> list[Path]:
    places = (Path("/opt"), Path("/usr/local"), Path.home())
    return sorted((profile for place in places for profile in place.glob("OTB*/otbenv.profile")), reverse=True)


def _sourced(profile: Path, here: dict[str, str]) -> dict[str, str]:
    """Return the environment variables ``here`` as a shell script changes them."""
    variables = VARIABLE.findall(profile.read_text(encoding="utf-8", errors="replace"))

    def ask() -> dict[str, str | None]:
        return _changes(profile, here)

    changes = remembered(f"changes by {profile}", ask, files=[profile], environment=here, variables=variables)
    return {name: value for name, value in (here | changes).items() if value is not None}


def _changes(profile: Path, here: dict[str, str]) -> dict[str, str | None]:
    """Return the variables that the script sets, and None for those that it removes; only these are kept in a file."""
    answer = subprocess.run(
        ["bash", "-c", '. "$0" >/dev/null 2>&1; env -0', str(profile)],
        capture_output=True, text=True, env=here, check=True,
    )  # fmt: skip
    there = dict(line.split("=", 1) for line in answer.stdout.split("\0") if "=" in line)
    names = [name for name in here | there if here.get(name) != there.get(name) and name not in OF_BASH]
    return {name: there.get(name) for name in names}
