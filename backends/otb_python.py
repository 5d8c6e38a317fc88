"""OTB in Python: one helper process runs the applications and stays alive during a session.

The module is built for one interpreter and one numpy, and brings a GDAL of its own; so it is never
imported beside rasterio, but runs in an interpreter that can import it.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rasterbout.backends import _otb_helper, _otb_install, _otb_session
from rasterbout.backends._otb_step import Step
from rasterbout.contract import Availability, Backend, Session
from rasterbout.errors import BackendFailed, BackendUnavailable
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources


class OtbPython(Backend):
    """``otbApplication`` in a helper process; workers are ITK's threads."""

    def probe(self) -> Availability:
        """Look for an interpreter that can import ``otbApplication``."""
        found = _otb_install.python()
        if found is None:
            return Availability(
                available=False, reason="no interpreter here imports otbApplication", remedy=_otb_install.REMEDY
            )
        return Availability(available=True, versions=_otb_install.versions() | {"interpreter": found.executable})

    def unsupported(self, operation: Operation) -> str | None:
        """Refuse pixels that float32 does not hold."""
        return _otb_session.unsupported(operation)

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Start the helper and let it import OTB."""
        found = _otb_install.python()
        if found is None:
            raise BackendUnavailable(f"otb-python: no interpreter here imports otbApplication; {_otb_install.REMEDY}")
        with (
            tempfile.TemporaryFile("w+") as log,
            subprocess.Popen(
                [found.executable, str(Path(_otb_helper.__file__).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=found.environment | resources.environment(),
            ) as process,
        ):
            helper = _Helper(process, log)
            helper.answer("start of otbApplication")
            try:
                yield _otb_session.OtbSession(helper.run, resources)
            finally:
                process.kill()  # what it was doing when the session ends is of no use to anybody


class _Helper:
    """The process that runs the applications, one at a time."""

    def __init__(self, process: subprocess.Popen[str], log: IO[str]) -> None:
        self._process = process
        self._log = log

    def run(self, step: Step) -> None:
        """Have the helper run ``step``.

        Raises
        ------
        BackendFailed
            OTB raised, or the helper died.
        """
        assert self._process.stdin is not None
        message = {"application": step.application, "parameters": step.parameters, "output": step.output}
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the answer, which will be missing, tells why
        self.answer(step.application)

    def answer(self, doing: str) -> None:
        """Wait until the helper is done with ``doing``."""
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
