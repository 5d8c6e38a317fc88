"""The process that measures one case: reads a request from standard input, answers with lines of JSON.

Libraries print what they like: what was standard output is kept for the answers alone.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import IO, Any

import psutil

from rasterbout.contract import Backend, Layout, Output, perform
from rasterbout.errors import BackendUnavailable, RasterboutError, Unsupported
from rasterbout.measure.floor import measure_floor
from rasterbout.operation import Operation
from rasterbout.operation_json import operation_from_json
from rasterbout.registry import load_backend
from rasterbout.resources import Resources
from rasterbout.verify import require_usable, verify

STATUS = {BackendUnavailable: "unavailable", Unsupported: "unsupported", MemoryError: "memory"}


class Answers:
    """The way back to the parent: one line of JSON a fact, sent at once so that a crash loses nothing."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def send(self, **facts: object) -> None:
        """Send some fields of the record."""
        self._stream.write(json.dumps(facts) + "\n")
        self._stream.flush()


def main() -> None:
    """Measure what the request asks for."""
    answers = Answers(os.fdopen(os.dup(1), "w"))
    os.dup2(2, 1)
    request = json.load(sys.stdin)
    try:
        operation = operation_from_json(request["operation"])
        if request["backend"] is None:
            answers.send(wall_s=measure_floor(operation, Path(request["out"]), Resources(**request["resources"])))
        else:
            _measure(operation, request, answers)
    except Exception as error:  # noqa: BLE001  whatever a backend raises becomes a record
        answers.send(status=STATUS.get(type(error), "crashed"), reason=_one_line(error))


def _measure(operation: Operation, request: dict[str, Any], answers: Answers) -> None:
    backend = load_backend(request["backend"])
    resources = Resources(**request["resources"])
    out = Output(path=Path(request["out"]), layout=Layout(**request["layout"]))
    _require_able(backend, operation, answers)
    with backend.open(resources) as session:
        answers.send(startup_s=time.time() - psutil.Process().create_time())
        wall_s = []
        for repeat in range(request["warmups"] + request["repeats"]):
            out.path.unlink(missing_ok=True)
            started = time.perf_counter()
            perform(session, operation, out)
            if repeat >= request["warmups"]:
                wall_s.append(time.perf_counter() - started)
                answers.send(wall_s=wall_s)
    require_usable(operation, out.path, out.layout)
    verdict = verify(operation, out.path)
    answers.send(
        status="ok" if verdict.right else "wrong",
        reason=verdict.problem,
        pixels_compared=verdict.pixels_compared,
        max_error=verdict.max_error,
    )


def _require_able(backend: Backend, operation: Operation, answers: Answers) -> None:
    found = backend.probe()
    answers.send(versions=dict(found.versions))
    if not found.available:
        raise BackendUnavailable(f"{found.reason}; {found.remedy}")
    if reason := backend.unsupported(operation):
        raise Unsupported(reason)


def _one_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return lines[0] if isinstance(error, RasterboutError) else f"{type(error).__name__}: {lines[0]}"


if __name__ == "__main__":
    main()
