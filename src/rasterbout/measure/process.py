"""Run a measuring process in a group of its own, and end the whole group whatever happens."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from rasterbout.resources import Resources

Facts = dict[str, Any]
"""Fields of a record, as the process sent them."""


def run_worker(request: Facts, resources: Resources, timeout_s: float) -> Facts:
    """Run ``rasterbout.measure.worker`` on ``request`` and return what it answered.

    A process that was ended, or ended without a word, comes back with the status and the reason.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "rasterbout.measure.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=os.environ | resources.environment(),
        start_new_session=True,
    )
    timed_out = False
    try:
        try:
            answers, printed = process.communicate(json.dumps(request), timeout=timeout_s)
        except subprocess.TimeoutExpired:
            timed_out = True
            _end_group(process)
            answers, printed = process.communicate()
    finally:
        _end_group(process)  # a helper that outlived the process must not disturb the next one
        process.wait()
    facts = _facts(answers)
    if timed_out:
        return {**facts, "status": "timeout", "reason": f"not done after {timeout_s:g} s"}
    if "status" not in facts and process.returncode != 0:
        return {**facts, "status": "crashed", "reason": _how_it_ended(process.returncode, printed)}
    return facts


def request_for(operation: Facts, backend: str | None, resources: Resources, out: str) -> Facts:
    """Return the part of a request that all have; no backend asks for the floor."""
    return {"operation": operation, "backend": backend, "resources": asdict(resources), "out": out}


def _end_group(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _facts(answers: str) -> Facts:
    facts: Facts = {}
    for line in answers.splitlines():
        try:
            facts |= json.loads(line)
        except ValueError:
            break  # cut off in the middle of a line
    return facts


def _how_it_ended(status: int, printed: str) -> str:
    how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    lines = printed.strip().splitlines()
    return f"{how}; it printed: {lines[-1]}" if lines else how
