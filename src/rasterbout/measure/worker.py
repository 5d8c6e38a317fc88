"""The process that does the work of one case: reads messages from standard input and writes its answers.

Libraries may print to standard output, so the answers go to a duplicate of it, and the original is
redirected to standard error.
"""

import os
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from time import perf_counter  # a backend may replace that of the module
from typing import Any

from rasterbout.contract import Backend, Layout, Output, Session, no_method, perform, why_not
from rasterbout.errors import BackendUnavailable, RasterboutError, Unsupported
from rasterbout.measure import free_pages
from rasterbout.measure.channel import Channel, reaped_cpu_s
from rasterbout.measure.codec import decode
from rasterbout.measure.elsewhere import Elsewhere
from rasterbout.measure.floor_process import measure_floor
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
)  # fmt: skip
from rasterbout.measure.results import digest_of, output_path
from rasterbout.measure.shares import bring_inputs
from rasterbout.operations.operation import Operation
from rasterbout.record import Status
from rasterbout.registry import load_backend
from rasterbout.safe_text import said
from rasterbout.transport import operation_from_json

STATUS: dict[type, Status] = {BackendUnavailable: "unavailable", Unsupported: "unsupported", MemoryError: "memory"}


def main() -> None:
    """Read the work from standard input and do it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    start: Start = decode(sys.stdin.buffer.readline())
    channel = Channel(answers, sys.stdin.buffer, start.key)
    try:
        work = start.start
        operations = [operation_from_json(described) for described in work.operations]
        if work.backend is None or work.floor:
            measure_floor(operations[0], start, channel)
        else:
            _Case(operations, start, channel).measure(work.backend)
    except BaseException as error:  # noqa: BLE001  whatever a backend raises becomes a record, SystemExit too
        channel.answer(Ended(status=STATUS.get(type(error), "crashed"), reason=_one_line(error)))


class _Case:
    """The operations that one session performs."""

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
        """Open a session, execute the commands, close the session, and verify the results."""
        backend = load_backend(name)
        imported_s = time.monotonic() - self._started_s
        versions = self._require_available(backend)  # probing is not the backend's work
        opened_s = time.monotonic()
        self._require_able(backend)  # imports the libraries of its sessions
        with backend.open(self._work.resources) as session:
            self._report_started(session, imported_s + time.monotonic() - opened_s)
            self._channel.answer(Versions(versions={**versions, **session.versions()}))
            self._report_unable(self._without_method(session))
            with closing(Elsewhere(session.hosts())) as self._elsewhere:
                while isinstance(command := self._channel.ask(Ready()), Do):
                    do = self._timed if command.timed else self._warm_up
                    if str(command.do) not in self._unable:
                        do(session, command.do)
        self._channel.ask(Done())
        self._verify(command)

    def _report_started(self, session: Session, startup_s: float) -> None:
        hosts = session.hosts()
        names, dashboard = ([], "") if hosts is None else (list(hosts.names), hosts.dashboard)
        self._channel.answer(Started(startup_s=startup_s, hosts=names, dashboard=dashboard))

    def _warm_up(self, session: Session, index: int) -> None:
        out = self._outs[index]
        out.path.unlink(missing_ok=True)
        warmed_s = wall_time_s(session, self._operations[index], out)
        self._channel.answer(Warmed(warmed_s=warmed_s, index=index))

    def _timed(self, session: Session, index: int) -> None:
        operation, out = self._operations[index], self._outs[index]
        reached = bring_inputs(operation, self._work.cache, session.hosts())
        out.path.unlink(missing_ok=True)
        free_pages.provide(operation.output_bytes, out.path.parent)
        self._elsewhere.begin()
        self._channel.ask(Begin(begin=index, reaped_cpu_s=reaped_cpu_s()))
        wall_s = wall_time_s(session, operation, out)
        others = self._elsewhere.end()
        self._channel.ask(End(end=index, reaped_cpu_s=reaped_cpu_s(), wall_s=wall_s, cache=reached, elsewhere=others))

    def _require_available(self, backend: Backend) -> dict[str, str]:
        """Report the versions of the backend, and return them.

        Raises
        ------
        BackendUnavailable
            It is not available.
        """
        found = backend.probe()
        self._channel.answer(Versions(versions=dict(found.versions)))
        if not found.available:
            raise BackendUnavailable(f"{found.reason}; {found.remedy}")
        return dict(found.versions)

    def _require_able(self, backend: Backend) -> None:
        """Report the operations that the backend cannot do.

        Raises
        ------
        Unsupported
            It cannot do any of them.
        """
        reasons = {index: why_not(backend, operation) for index, operation in enumerate(self._operations)}
        self._report_unable({str(index): reason for index, reason in reasons.items() if reason})

    def _without_method(self, session: Session) -> dict[str, str]:
        """Return the operations without a method in ``session``: the reason by number."""
        return {
            str(index): no_method(operation)
            for index, operation in enumerate(self._operations)
            if not hasattr(session, operation.name)
        }

    def _report_unable(self, reasons: dict[str, str]) -> None:
        self._unable = {**reasons, **self._unable}
        if len(self._unable) == len(self._operations):
            raise Unsupported(next(iter(self._unable.values())))
        if reasons:
            self._channel.answer(Unable(unable=self._unable))

    def _verify(self, command: Verify) -> None:
        for result in command.verify:
            picture = command.pictures.get(str(result.index))
            verified = _verified(self._operations[result.index], result, self._work.layout, picture)
            self._channel.answer(verified)


def wall_time_s(session: Session, operation: Operation, out: Output) -> float:
    """Return the wall time of the operation alone, in seconds."""
    started_s = perf_counter()
    perform(session, operation, out)
    return perf_counter() - started_s


def _verified(operation: Operation, result: Result, layout: Layout, picture: str | None) -> Verified:
    """Return the verdict on a result as it was when the clock stopped."""
    verified = _compared(operation, result, layout, picture)
    if digest_of(Path(result.path)) == result.digest:
        return verified
    return Verified(
        operation=operation.name, index=result.index, digest=result.digest, status="wrong",
        reason="its result changed after the clock had stopped",
    )  # fmt: skip


def _compared(operation: Operation, result: Result, layout: Layout, picture: str | None) -> Verified:
    """Compare a result with the oracle and write a picture; an existing one is kept if the result is right."""
    from rasterbout.picture import save_picture  # noqa: PLC0415  kept out of the backend's memory
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


def _one_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0] if isinstance(error, RasterboutError) else said(error)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # all is done and said: finalizing the libraries would take a second
