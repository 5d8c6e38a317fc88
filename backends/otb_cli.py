"""OTB on the command line: one ``otbcli_`` process for each application of a chain."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from rasterbout.backends import _otb_install, _otb_session
from rasterbout.backends._otb_step import Step
from rasterbout.contract import Availability, Backend, Session
from rasterbout.errors import BackendFailed
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources


class OtbCli(Backend):
    """What a user types, with every parameter given; workers are ITK's threads."""

    def probe(self) -> Availability:
        """Look for the ``otbcli_`` scripts."""
        if _otb_install.command_line() is None:
            return Availability(available=False, reason="no otbcli_BandMath on PATH", remedy=_otb_install.REMEDY)
        return Availability(available=True, versions=_otb_install.versions())

    def unsupported(self, operation: Operation) -> str | None:
        """Refuse pixels that float32 does not hold."""
        return _otb_session.unsupported(operation)

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Nothing stays alive between two commands."""
        environment = _otb_install.environment() | resources.environment()
        yield _otb_session.OtbSession(lambda step: _run(step, environment), resources)


def command(step: Step) -> list[str]:
    """Return the command line of a step."""
    folder = _otb_install.command_line()
    assert folder is not None
    words = [str(folder / f"otbcli_{step.application}")]
    for key, value in step.parameters.items():
        values = value if isinstance(value, list) else [value]
        words += [f"-{key}", *(str(word) for word in values)]
    return [*words, "-out", step.output, "float", "-progress", "false"]


def _run(step: Step, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command(step), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise BackendFailed(
            f"otbcli_{step.application} ended with status {done.returncode}: {last_complaint(done.stdout)}"
        )


def last_complaint(log: str) -> str:
    """Return the last line of OTB's log that speaks of an error, else its last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    complaints = [line for line in lines if "FATAL" in line or "ERROR" in line]
    return (complaints or lines or ["it printed nothing"])[-1]
