"""A clone of this repository with commits that deliberately slow one backend down, for the other tools."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
BACKEND = "rasterio-windows"
ADAPTER = "backends/_rasterio/session.py"
SLOWED = """

import time as _time  # noqa: E402

from rasterbout.operations.registry import operations  # noqa: E402


def _slowed(method):
    def slow(self, *arguments):
        started_s = _time.perf_counter()
        method(self, *arguments)
        _time.sleep({share} * (_time.perf_counter() - started_s))

    return slow


for _name in operations():
    setattr(RasterioSession, _name, _slowed(getattr(RasterioSession, _name)))
"""


class ScratchClone:
    """A clone in ``folder`` of the last commit of this repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._git("clone", "--quiet", str(ROOT), ".")

    def start(self) -> str:
        """Check out the last commit of this repository, and return its hash."""
        self._git("checkout", "--quiet", "--detach", "origin/HEAD")
        return self._git("rev-parse", "HEAD")

    def commit(self, *, slower_by: float = 0.0) -> str:
        """Add a commit that slows `BACKEND` down by a share of its time, or only adds a comment; return its hash."""
        with (self.folder / ADAPTER).open("a", encoding="utf-8") as source:
            source.write(SLOWED.format(share=slower_by) if slower_by else "\n# nothing new\n")
        author = ("-c", "user.name=trial", "-c", "user.email=trial@localhost")
        self._git(*author, "commit", "--quiet", "--all", "--message", f"{slower_by:.0%} slower")
        return self._git("rev-parse", "HEAD")

    def _git(self, *words: str) -> str:
        self.folder.mkdir(exist_ok=True)
        done = subprocess.run(["git", *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()
