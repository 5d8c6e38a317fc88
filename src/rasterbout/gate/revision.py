"""Install git revisions, each in its own virtual environment."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from rasterbout.cache_folder import cache_root
from rasterbout.errors import BadInput
from rasterbout.gate.pairs import Broken

INSTALL_TIMEOUT_S = 900
LIST_LIBRARIES = """
import importlib.metadata, json
print(json.dumps({found.name: found.version for found in importlib.metadata.distributions()}))
"""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A commit, the interpreter of its environment, and the versions of all libraries in the environment."""

    name: str
    commit: str
    python: Path
    libraries: dict[str, str]


def build(name: str) -> Revision:
    """Install the git revision ``name`` of the repository in the current folder, unless it is installed already.

    Raises
    ------
    BadInput
        The revision does not exist.
    Broken
        The revision cannot be installed; the message names the log.
    """
    commit = _git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
    if not commit:
        raise BadInput(f"{name}: neither the folder of a run nor a git revision here; check with git log")
    folder = cache_root() / "revisions" / f"{commit}-python{sys.version_info.major}.{sys.version_info.minor}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / "ready").exists():
            _install(commit, folder)
            (folder / "ready").touch()
    python = folder / "venv" / "bin" / "python"
    return Revision(name=name, commit=commit, python=python, libraries=_libraries(python))


def _install(commit: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    source, log = folder / "source", folder / "install.log"
    source.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
        archive.extractall(source, filter="data")
    python = folder / "venv" / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder / "venv")],
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", str(source)],
    ):
        with log.open("a", encoding="utf-8") as printed:
            done = subprocess.run(
                command, stdout=printed, stderr=subprocess.STDOUT, check=False, timeout=INSTALL_TIMEOUT_S
            )
        if done.returncode != 0:
            last = (log.read_text(encoding="utf-8").strip().splitlines() or ["it printed nothing"])[-1]
            raise Broken(f"revision {commit[:10]} cannot be installed: {last}; see {log}")


def _libraries(python: Path) -> dict[str, str]:
    done = subprocess.run([str(python), "-c", LIST_LIBRARIES], capture_output=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _git(*words: str) -> bytes:
    """Return the output of git, empty if it fails."""
    try:
        done = subprocess.run(["git", *words], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise BadInput("git is not installed; install it, or name two folders of runs") from error
    return done.stdout if done.returncode == 0 else b""
