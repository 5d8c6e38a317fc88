"""Start and end the processes of cases, on this machine."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Protocol

from rasterbout.measure.case_process import CaseProcess, Known
from rasterbout.measure.messages import Request
from rasterbout.measure.tree import END_WITHIN_S


class Launcher(Protocol):
    """Starts the processes of cases."""

    def launch(
        self, request: Request, known: Known, python: str = sys.executable
    ) -> AbstractContextManager[CaseProcess]:
        """Start a supervisor for ``request``; leaving the context ends it and all its processes.

        Parameters
        ----------
        known
            Results that were verified before.
        python
            The interpreter, and hence the installation of rasterbout, that does the work.
        """
        ...


class LocalLauncher:
    """Starts processes on this machine, each in a process group of its own."""

    @contextmanager
    def launch(self, request: Request, known: Known, python: str = sys.executable) -> Iterator[CaseProcess]:
        """Start a supervisor for ``request``; see `Launcher`."""
        with (
            tempfile.TemporaryFile("w+", errors="replace") as complaints,
            subprocess.Popen(
                [python, "-m", "rasterbout.measure.supervisor"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=os.environ | request.work.resources.environment(),
                start_new_session=True,
                bufsize=0,
            ) as process,
        ):
            case = CaseProcess(process, complaints, known)
            try:
                case.send(request)
                yield case
            finally:
                case.close()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(END_WITHIN_S + 1)  # it cleans up
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
