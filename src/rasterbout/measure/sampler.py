"""Stacks of a process and its Python children, sampled by py-spy."""

import os
import shutil
import signal
import subprocess
import sysconfig
from collections.abc import Collection
from pathlib import Path

from rasterbout.errors import RasterboutError

PER_SECOND = 200
END_WITHIN_S = 20


def py_spy() -> str:
    """Return the path of py-spy.

    Raises
    ------
    RasterboutError
        It is not installed.
    """
    found = shutil.which("py-spy", path=sysconfig.get_path("scripts")) or shutil.which("py-spy")
    if found is None:
        raise RasterboutError("py-spy is not installed; install it with: pip install 'rasterbout[flames]'")
    return found


class Sampler:
    """Samples one process into ``path``: a line for each distinct stack, frames from the root, number of samples.

    Without a path it samples nothing.

    py-spy runs on ``cores``, like the process, so that nothing else is slowed down.

    Attributes
    ----------
    problem
        Why there is no file after the end; empty if there is one.
    """

    def __init__(self, path: Path | None, cores: Collection[int]) -> None:
        self._path = path
        self._cores = cores
        self._process: subprocess.Popen[bytes] | None = None
        self.problem = ""

    def begin(self, pid: int) -> None:
        """Start to sample, unless it has started before."""
        if self._path is None or self._process is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        words = ["record", "--pid", str(pid), "--subprocesses", "--function", "--format", "raw"]
        self._process = subprocess.Popen(
            [py_spy(), *words, "--rate", str(PER_SECOND), "--output", str(self._path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.sched_setaffinity(self._process.pid, self._cores)

    def end(self) -> None:
        """Stop, and write the file."""
        if self._path is None or self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            _, said = self._process.communicate(timeout=END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.problem = f"py-spy did not end within {END_WITHIN_S} s"
            return
        if not self._path.exists():
            lines = said.decode(errors="replace").strip().splitlines() or [f"status {self._process.returncode}"]
            self.problem = f"py-spy: {lines[-1]}"
