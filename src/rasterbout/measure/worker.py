"""The process that runs one case: reads its work from standard input, answers with lines of JSON.

Libraries print what they like: what was standard output is kept for the answers alone.
"""

import json
import os
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from rasterbout.contract import Backend, Layout, Output, Session, perform
from rasterbout.errors import BackendUnavailable, RasterboutError, Unsupported
from rasterbout.measure import cache_state
from rasterbout.measure.cache_state import State
from rasterbout.operation import Operation
from rasterbout.operation_json import operation_from_json
from rasterbout.registry import load_backend
from rasterbout.resources import Resources

STATUS = {BackendUnavailable: "unavailable", Unsupported: "unsupported", MemoryError: "memory"}

Work = dict[str, Any]


class Supervisor:
    """The way to the process that watches this one: a line of JSON a message, sent at once."""

    def __init__(self, answers: IO[str], replies: IO[str]) -> None:
        self._answers = answers
        self._replies = replies

    def answer(self, **facts: object) -> None:
        """Send some fields of the record."""
        self._answers.write(json.dumps(facts) + "\n")
        self._answers.flush()

    def notify(self, event: str, **facts: object) -> Work:
        """Tell of an event, wait until the supervisor has looked at this process's tree, and return its reply."""
        reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.answer(event=event, reaped_cpu_s=reaped.ru_utime + reaped.ru_stime, **facts)
        reply: Work = json.loads(self._replies.readline())
        return reply

    def command(self) -> Work:
        """Wait for the next thing to do; there is nothing more when the command holds no ``do``."""
        return self.notify("ready")


def main() -> None:
    """Do the work that standard input tells of."""
    supervisor = Supervisor(os.fdopen(os.dup(1), "w"), sys.stdin)
    os.dup2(2, 1)
    work = json.loads(sys.stdin.readline())
    try:
        operations = [operation_from_json(described) for described in work["operations"]]
        if work["backend"] is None:
            _measure_floor(operations[0], work, supervisor)
        else:
            _measure_backend(operations, work, supervisor)
    except Exception as error:  # noqa: BLE001  whatever a backend raises becomes a record
        supervisor.answer(status=STATUS.get(type(error), "crashed"), reason=_one_line(error))


def _measure_floor(operation: Operation, work: Work, supervisor: Supervisor) -> None:
    from rasterbout.measure.floor import copy_once  # noqa: PLC0415  a backend's process need not hold it

    threads = Resources(**work["resources"]).threads
    while "do" in supervisor.command():
        cache_state.bring_inputs(operation, work["cache"])
        supervisor.answer(copied_s=copy_once(operation, Path(work["scratch"]) / "floor.bin", threads))
    supervisor.answer(status="ok")


def _measure_backend(operations: list[Operation], work: Work, supervisor: Supervisor) -> None:
    """Open a session, and do what is asked for; then close it, and verify the pixels."""
    backend = load_backend(work["backend"])
    imported_s = time.monotonic() - work["started_s"]
    layout = Layout(**work["layout"])
    outs = [Output(path=Path(work["scratch"]) / f"output-{i}.tif", layout=layout) for i in range(len(operations))]
    _require_able(backend, operations, supervisor)
    done = set()
    opened_s = time.monotonic()
    with backend.open(Resources(**work["resources"])) as session:
        # looking for the backend is not its own work
        supervisor.answer(startup_s=imported_s + time.monotonic() - opened_s)
        while "do" in (command := supervisor.command()):
            index = command["do"]
            do = _timed if command["timed"] else _warm_up
            do(session, operations[index], outs[index], work["cache"], supervisor)
            done.add(index)
    supervisor.notify("done")
    for index in sorted(done):
        _verify(operations[index], outs[index], command.get("picture"), supervisor)


def _warm_up(session: Session, operation: Operation, out: Output, _cache: State, supervisor: Supervisor) -> None:
    out.path.unlink(missing_ok=True)
    supervisor.answer(warmed_s=wall_time_s(session, operation, out))


def _timed(session: Session, operation: Operation, out: Output, cache: State, supervisor: Supervisor) -> None:
    reached = cache_state.bring_inputs(operation, cache)
    out.path.unlink(missing_ok=True)
    supervisor.notify("begin")
    wall_s = wall_time_s(session, operation, out)
    supervisor.notify("end", wall_s=wall_s, cache=reached)


def wall_time_s(session: Session, operation: Operation, out: Output) -> float:
    """Return the seconds that the operation alone takes."""
    started_s = time.perf_counter()
    perform(session, operation, out)
    return time.perf_counter() - started_s


def _verify(operation: Operation, out: Output, picture: str | None, supervisor: Supervisor) -> None:
    from rasterbout.picture import save_picture  # noqa: PLC0415  no part of the backend's memory
    from rasterbout.verify import require_usable, verify  # noqa: PLC0415

    started_s = time.monotonic()
    try:
        require_usable(operation, out.path, out.layout)
        verdict = verify(operation, out.path)
        if picture and verdict.error_map and not (verdict.right and Path(picture).exists()):
            with suppress(OSError):  # a full disk costs the picture, not the measurement
                save_picture(operation, out.path, verdict.error_map, Path(picture))
    except RasterboutError as error:
        supervisor.answer(operation=operation.name, status="crashed", reason=_one_line(error))
        return
    supervisor.answer(
        operation=operation.name,
        status="ok" if verdict.right else "wrong",
        reason=verdict.problem,
        pixels_compared=verdict.pixels_compared,
        pixels_left_out=verdict.pixels_left_out,
        pixels_wrong=verdict.pixels_wrong,
        max_error=verdict.max_error,
        tolerance=verdict.tolerance,
        verify_s=time.monotonic() - started_s,
    )


def _require_able(backend: Backend, operations: list[Operation], supervisor: Supervisor) -> None:
    """Tell which operations the backend cannot do.

    Raises
    ------
    BackendUnavailable, Unsupported
        It cannot do any of them.
    """
    found = backend.probe()
    supervisor.answer(versions=dict(found.versions))
    if not found.available:
        raise BackendUnavailable(f"{found.reason}; {found.remedy}")
    reasons = {index: backend.unsupported(operation) for index, operation in enumerate(operations)}
    unable = {index: reason for index, reason in reasons.items() if reason}
    if len(unable) == len(operations):
        raise Unsupported(unable[0])
    supervisor.answer(unable=unable)


def _one_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return lines[0] if isinstance(error, RasterboutError) else f"{type(error).__name__}: {lines[0]}"


if __name__ == "__main__":
    main()
