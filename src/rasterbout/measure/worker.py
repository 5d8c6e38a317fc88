"""The process that does the work of one case: reads its messages from standard input, answers with lines.

Libraries print what they like: what was standard output is kept for the answers alone.
"""

import os
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from rasterbout.contract import Backend, Layout, Output, Session, no_method, perform, why_not
from rasterbout.errors import BackendUnavailable, RasterboutError, Unsupported
from rasterbout.measure import cache_state
from rasterbout.measure.messages import (
    Begin,
    Do,
    Done,
    End,
    Ended,
    Ready,
    Result,
    Start,
    Started,
    Unable,
    Verified,
    Verify,
    Versions,
    Warmed,
    decode,
    encode,
)  # fmt: skip
from rasterbout.measure.results import output_path
from rasterbout.operations.operation import Operation
from rasterbout.record import Status
from rasterbout.registry import load_backend
from rasterbout.transport import operation_from_json

STATUS: dict[type, Status] = {BackendUnavailable: "unavailable", Unsupported: "unsupported", MemoryError: "memory"}


class Channel:
    """The way to the supervisor: one message a line, sent at once."""

    def __init__(self, answers: IO[bytes], replies: IO[bytes]) -> None:
        self._answers = answers
        self._replies = replies

    def answer(self, message: object) -> None:
        """Send a message."""
        self._answers.write(encode(message))
        self._answers.flush()

    def ask(self, message: object) -> Any:
        """Send a message, wait until the supervisor has acted on it, and return its reply."""
        self.answer(message)
        return decode(self._replies.readline())


def main() -> None:
    """Do the work that standard input describes."""
    channel = Channel(os.fdopen(os.dup(1), "wb"), sys.stdin.buffer)
    os.dup2(2, 1)
    start: Start = decode(sys.stdin.buffer.readline())
    try:
        operations = [operation_from_json(described) for described in start.start.operations]
        if start.start.backend is None:
            _measure_floor(operations[0], start, channel)
        else:
            _Case(operations, start, channel).measure(start.start.backend)
    except Exception as error:  # noqa: BLE001  whatever a backend raises becomes a record
        channel.answer(Ended(status=STATUS.get(type(error), "crashed"), reason=_one_line(error)))


def _measure_floor(operation: Operation, start: Start, channel: Channel) -> None:
    from rasterbout.measure.floor import copy_once  # noqa: PLC0415  a backend's process need not hold it

    work = start.start
    while isinstance(channel.ask(Ready()), Do):
        reached = cache_state.bring_inputs(operation, work.cache)
        channel.ask(Begin(begin=0, reaped_cpu_s=_reaped_cpu_s()))
        wall_s = copy_once(operation, Path(start.scratch) / "floor.bin", work.resources.threads)
        channel.ask(End(end=0, reaped_cpu_s=_reaped_cpu_s(), wall_s=wall_s, cache=reached))
    channel.answer(Ended(status="ok"))


class _Case:
    """The operations that one session does."""

    def __init__(self, operations: list[Operation], start: Start, channel: Channel) -> None:
        self._operations = operations
        self._work = start.start
        self._started_s = start.started_s
        self._channel = channel
        self._unable: dict[str, str] = {}
        scratch = Path(start.scratch)
        self._outs = [
            Output(path=output_path(scratch, index), layout=self._work.layout) for index in range(len(operations))
        ]

    def measure(self, name: str) -> None:
        """Open a session, and do what is asked for; then close it, and verify the results."""
        backend = load_backend(name)
        imported_s = time.monotonic() - self._started_s
        versions = self._require_able(backend)
        opened_s = time.monotonic()
        with backend.open(self._work.resources) as session:
            # probing is not the backend's own work
            self._channel.answer(Started(startup_s=imported_s + time.monotonic() - opened_s))
            self._channel.answer(Versions(versions={**versions, **session.versions()}))
            self._tell_unable(self._without_method(session))
            while isinstance(command := self._channel.ask(Ready()), Do):
                do = self._timed if command.timed else self._warm_up
                do(session, command.do)
        self._channel.ask(Done())
        self._verify(command)

    def _warm_up(self, session: Session, index: int) -> None:
        out = self._outs[index]
        out.path.unlink(missing_ok=True)
        self._channel.answer(Warmed(warmed_s=wall_time_s(session, self._operations[index], out)))

    def _timed(self, session: Session, index: int) -> None:
        operation, out = self._operations[index], self._outs[index]
        reached = cache_state.bring_inputs(operation, self._work.cache)
        out.path.unlink(missing_ok=True)
        self._channel.ask(Begin(begin=index, reaped_cpu_s=_reaped_cpu_s()))
        wall_s = wall_time_s(session, operation, out)
        self._channel.ask(End(end=index, reaped_cpu_s=_reaped_cpu_s(), wall_s=wall_s, cache=reached))

    def _require_able(self, backend: Backend) -> dict[str, str]:
        """Say which operations the backend cannot do, and return its versions.

        Raises
        ------
        BackendUnavailable, Unsupported
            It cannot do any of them.
        """
        found = backend.probe()
        self._channel.answer(Versions(versions=dict(found.versions)))
        if not found.available:
            raise BackendUnavailable(f"{found.reason}; {found.remedy}")
        reasons = {index: why_not(backend, operation) for index, operation in enumerate(self._operations)}
        self._tell_unable({str(index): reason for index, reason in reasons.items() if reason})
        return dict(found.versions)

    def _without_method(self, session: Session) -> dict[str, str]:
        """Return, by number, why ``session`` cannot do an operation."""
        return {
            str(index): no_method(operation)
            for index, operation in enumerate(self._operations)
            if not hasattr(session, operation.name)
        }

    def _tell_unable(self, reasons: dict[str, str]) -> None:
        self._unable = {**reasons, **self._unable}
        if len(self._unable) == len(self._operations):
            raise Unsupported(next(iter(self._unable.values())))
        if reasons:
            self._channel.answer(Unable(unable=self._unable))

    def _verify(self, command: Verify) -> None:
        for result in command.verify:
            verified = _verified(self._operations[result.index], result, self._work.layout, command.picture)
            self._channel.answer(verified)


def wall_time_s(session: Session, operation: Operation, out: Output) -> float:
    """Return the seconds that the operation alone takes."""
    started_s = time.perf_counter()
    perform(session, operation, out)
    return time.perf_counter() - started_s


def _verified(operation: Operation, result: Result, layout: Layout, picture: str | None) -> Verified:
    """Compare a result with the oracle, and write a picture unless one is there and the result is right."""
    from rasterbout.picture import save_picture  # noqa: PLC0415  no part of the backend's memory
    from rasterbout.verify import require_usable, verify  # noqa: PLC0415

    what: dict[str, Any] = {"operation": operation.name, "index": result.index, "digest": result.digest}
    started_s = time.monotonic()
    path = Path(result.path)
    try:
        require_usable(operation, path, layout)
        verdict = verify(operation, path)
        if picture and verdict.error_map and not (verdict.right and Path(picture).exists()):
            with suppress(OSError):  # a full disk costs the picture, not the measurement
                save_picture(operation, path, verdict.error_map, Path(picture))
    except RasterboutError as error:
        return Verified(**what, status="crashed", reason=_one_line(error))
    return Verified(
        **what,
        status="ok" if verdict.right else "wrong",
        reason=verdict.problem,
        pixels_compared=verdict.pixels_compared,
        pixels_left_out=verdict.pixels_left_out,
        pixels_wrong=verdict.pixels_wrong,
        max_error=verdict.max_error,
        tolerance=verdict.tolerance,
        verify_s=time.monotonic() - started_s,
    )


def _reaped_cpu_s() -> float:
    """Return the CPU seconds of this process's children that ended and were waited for."""
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    return reaped.ru_utime + reaped.ru_stime


def _one_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return lines[0] if isinstance(error, RasterboutError) else f"{type(error).__name__}: {lines[0]}"


if __name__ == "__main__":
    main()
