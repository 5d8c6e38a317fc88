"""The command line as a user calls it: a process, its exit status and what it printed."""

import hashlib
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

HUNG_S = 240  # far more than any of these commands takes

OPTIONS: dict[str, dict[str, str]] = {
    "ndvi": {"--red": "red.tif", "--nir": "nir.tif"},
    "downscale": {"--source": "red.tif", "--factor": "3"},
    "mean-ndvi": {"--red": "red.tif", "--nir": "nir.tif", "--factor": "3"},
    "superimpose": {"--moving": "red.tif", "--reference": "fine.tif", "--resampling": "cubic"},
}
"""What each operation is given when nothing is wrong."""


def words(operation: str, changes: dict[str, str | None] | None = None) -> list[str]:
    """Return the operation's options with some changed, added or (None) left out."""
    chosen = OPTIONS[operation] | (changes or {})
    return [word for option, value in chosen.items() if value is not None for word in (option, value)]


def rasterbout(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run ``python -m rasterbout`` in the folder ``cwd``."""
    return _run([sys.executable, "-m", "rasterbout", *map(str, arguments)], cwd)


def rasterbout_on(
    mount: str, folder: Path, *arguments: str | Path, cwd: Path
) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run it where ``mount``, a shell command, has put another file system at ``folder``.

    The mount is seen by this process alone and ends with it. Returns also what was left in the folder.
    """
    command = shlex.join([sys.executable, "-m", "rasterbout", *map(str, arguments)])
    listing = cwd.parent / f"{folder.name}.listing"
    look = f"ls -A {shlex.quote(str(folder))} > {shlex.quote(str(listing))}"
    done = _run(
        ["unshare", "--mount", "sh", "-c", f"{mount} || exit 99; {command}; status=$?; {look}; exit $status"], cwd
    )
    return done, listing.read_text()


@cache
def can_mount() -> bool:
    """Whether this process may mount file systems of its own."""
    trial = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return shutil.which(trial[0]) is not None and _run(trial, Path.cwd()).returncode == 0


def refusal(done: subprocess.CompletedProcess[str], statuses: tuple[int, ...] = (2,)) -> str:
    """Check that the command failed as it should, and return its one line."""
    assert "Traceback" not in done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("rasterbout: "), lines[0]
    assert done.returncode in statuses, f"exit status {done.returncode}: {lines[0]}"
    return lines[0]


def contents(folder: Path) -> dict[str, str]:
    """Return all that is in a folder: names, and what kind of file or a hash of its content."""
    return {str(path.relative_to(folder)): _content(path) for path in sorted(folder.rglob("*"))}


def _content(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"


def _run(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=HUNG_S, check=False)
