"""Backends whose one operation is a program of known cost, and what the instrument says of it."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from plugins import install
from rasterbout.case import Case
from rasterbout.datasets import load
from rasterbout.measure.case_process import Facts
from rasterbout.measure.once import Effort, Place, measuring
from rasterbout.resources import Resources

SOURCE = """
import contextlib, mmap, os, signal, subprocess, sys, time
from rasterbout.contract import Availability, Backend, Session

MB = 1_000_000

def python(program):
    return [sys.executable, "-c", "import os, sys, time\\n" + program]

HOLD = python('held = b"x" * 300_000_000; time.sleep(0.3)')
IDLE = python('time.sleep(0.3)')
BURN = python('while time.process_time() < 1: pass')
IN_BETWEEN = ["sh", "-c", '"$@"; true', "sh"]
AND_LEAVE = ["sh", "-c", '"$@" &', "sh"]

def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass

def forked(work):
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child

class Program(Backend):
    def probe(self):
        return Availability(available=True)

    @contextlib.contextmanager
    def open(self, resources):
        yield ProgramSession()

class ProgramSession(Session):
    def ndvi(self, red, nir, out):
{body}
"""

Measure = Callable[..., Facts]


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Measure:
    """Runs a program as the operation of a backend, and returns what was measured."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    operation = load("s2-tile", size=96).operation("ndvi")

    def run(
        body: str,
        *,
        workers: int = 2,
        repeats: int = 1,
        warmups: int = 0,
        timeout_s: float = 60,
        limit: int | None = None,
    ) -> Facts:
        number = len(list(tmp_path.glob("*.py")))
        name = f"program-{number}"
        install(
            tmp_path, name, f"program_{number}", SOURCE.format(body=textwrap.indent(textwrap.dedent(body), " " * 8))
        )
        case = Case(operation=operation, backend=name, dataset="s2-tile", size=96, resources=Resources(workers=workers))
        effort = Effort(warmups=warmups, repeats=repeats, timeout_s=timeout_s, memory_limit=limit)
        with measuring([case], effort, Place(scratch=tmp_path / "scratch")) as process:
            return process.until_it_ends()

    return run
