"""Run steps with ``otbApplication`` in a helper process.

The module is built for one interpreter and one numpy, and links its own GDAL. So it is not imported
beside rasterio, but in a process of an interpreter that can import it.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from rasterbout.backends._otb import helper, install
from rasterbout.backends._otb.session import OtbSession
from rasterbout.backends._otb.step import Step
from rasterbout.errors import BackendFailed, BackendUnavailable
from rasterbout.resources import Resources


class PythonSession(OtbSession):
    """The session of `otb-python`: one helper process runs all steps."""

    @classmethod
    @contextmanager
    def opened(cls, resources: Resources) -> Iterator[Self]:
        """Start the helper process, which imports OTB; leaving the context ends it.

        Raises
        ------
        BackendUnavailable
            No interpreter can import ``otbApplication``.
        """
        found = install.python()
        if found is None:
            raise BackendUnavailable(f"otb-python: {install.NO_MODULE}; {install.REMEDY}")
        with (
            tempfile.TemporaryFile("w+") as log,
            subprocess.Popen(
                [found.executable, str(Path(helper.__file__).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=found.environment | resources.environment(),
            ) as process,
        ):
            running = _Helper(process, log)
            running.answer("start of otbApplication")
            try:
                yield cls(running.run, resources)
            finally:
                process.kill()  # the session has ended, so a step that still runs has no use


class _Helper:
    """The process that runs applications, one at a time."""

    def __init__(self, process: subprocess.Popen[str], log: IO[str]) -> None:
        self._process = process
        self._log = log

    def run(self, step: Step) -> None:
        """Run ``step`` in the helper process.

        Raises
        ------
        BackendFailed
            OTB raised an exception, or the process ended.
        """
        assert self._process.stdin is not None
        message = {"application": step.application, "parameters": step.parameters, "output": step.output}
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # answer() reports why the process ended
        self.answer(step.application)

    def answer(self, doing: str) -> None:
        """Wait for the answer to ``doing``, which messages name."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait()
            raise BackendFailed(f"OTB's helper process ended with status {status} during {doing}: {self._tail()}")
        if error := json.loads(line).get("error"):
            raise BackendFailed(f"{doing}: {error.strip().splitlines()[-1]}")

    def _tail(self) -> str:
        self._log.seek(0)
        lines = self._log.read().strip().splitlines()
        return lines[-1] if lines else "it printed nothing"
