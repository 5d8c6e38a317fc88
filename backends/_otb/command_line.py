"""Run steps with the ``otbcli_`` scripts."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rasterbout.backends._otb import install
from rasterbout.backends._otb.session import OtbSession
from rasterbout.backends._otb.step import Step
from rasterbout.errors import BackendFailed
from rasterbout.resources import Resources


class CommandLineSession(OtbSession):
    """The session of `otb-cli`: each step is a command."""

    @classmethod
    @contextmanager
    def opened(cls, resources: Resources) -> Iterator[Self]:
        """Create a session; nothing is kept alive between commands."""
        environment = install.environment() | resources.environment()
        yield cls(lambda step: _run(step, environment), resources)


def command(step: Step) -> list[str]:
    """Return the words of the command that runs a step."""
    folder = install.command_line()
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
    """Return the last line of OTB's log that reports an error, else its last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    complaints = [line for line in lines if "FATAL" in line or "ERROR" in line]
    return (complaints or lines or ["it printed nothing"])[-1]
