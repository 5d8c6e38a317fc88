"""Reads a worker's messages and samples its processes until it ends or must be ended."""

import math
import os
import select
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from subprocess import Popen
from typing import Any

from rasterbout.measure.codec import decode, encode
from rasterbout.measure.elsewhere import added_up
from rasterbout.measure.lines import Lines
from rasterbout.measure.messages import (
    Begin,
    Close,
    Do,
    Done,
    End,
    Ended,
    Go,
    Ready,
    Repeated,
    Request,
    Verify,
)
from rasterbout.measure.meter import SAMPLE_EVERY_S, Meter, Usage
from rasterbout.measure.results import Results
from rasterbout.measure.sampler import Sampler
from rasterbout.measure.tree import Tree
from rasterbout.resources import MIB

FOREIGN_BYTES = 60
"""Of a line that the worker did not write, how many are shown."""

VERIFY_S, VERIFY_TIMES = 60.0, 2.0
"""The verification may take as many seconds, and as many times the limit of the measurement, more."""

ASKED, ANSWERED, ENDED = "asked", "answered", "ended"


class Watch:
    """A running worker.

    After `Ready`, `Begin`, `End` and `Done` the worker waits for a message, so that sampling its
    processes and reading its result do not add to its time. `Ready` is answered by the run's next
    command, `Begin` and `End` enclose a timed repeat, and after `Done` the backend is finished.

    Parameters
    ----------
    answer
        Sends a message to the run.
    key
        How the lines of the worker begin.

    Attributes
    ----------
    sampler
        Samples the stacks from the first timed repeat to the last.
    is_over
        Whether the worker has said that its session is closed, or why it ends.
    """

    def __init__(
        self, tree: Tree, worker: Popen[bytes], request: Request, answer: Callable[[object], None], key: str
    ) -> None:  # fmt: skip
        assert worker.stdout is not None
        limits = request.limits
        self._tree, self._worker, self._limits, self._answer = tree, worker, limits, answer
        self._key = key.encode()
        self._results = None if request.work.backend is None else Results(Path(request.scratch))  # the floor has none
        self.sampler = Sampler(Path(request.flames) if request.flames else None, limits.cores)
        self._child = worker.pid
        self._meter = Meter(tree, worker.pid)
        self._commands: deque[Do | Close] = deque()
        self._is_ready = False
        self._is_measured = False
        self.is_over = False
        self._give_up_at_s = time.monotonic() + limits.timeout_s
        self._ended: Ended | None = None
        self._timed_s: dict[int, float] = {}
        self._asked, self._answers = Lines(sys.stdin.fileno()), Lines(worker.stdout.fileno())
        self._sources = {sys.stdin.fileno(): ASKED, worker.stdout.fileno(): ANSWERED, os.pidfd_open(worker.pid): ENDED}

    def until_it_ends(self) -> Ended | None:
        """Return why the worker must be ended; None if it ended by itself."""
        poll = select.poll()
        for source in self._sources:
            poll.register(source, select.POLLIN)
        while self._ended is None:
            left_s = self._give_up_at_s - time.monotonic()
            if left_s <= 0:
                return Ended(status="timeout", reason=self._overdue())
            wait_s = left_s if self._is_measured else self._sample_if_due()
            happened = {self._sources[source] for source, _ in poll.poll(wait_s * 1000)}
            if ASKED in happened:
                self._commands.extend(decode(line) for line in self._asked.read())
                if self._asked.ended:
                    return Ended(status="interrupted", reason="the run was stopped")
            for line in self._answers.read():
                self._hear(line)
            if self._is_ready and (command := self._next()):
                self._is_ready = False
                self._command(command)
            if ENDED in happened:
                break
        return self._ended

    def _overdue(self) -> str:
        if self._is_measured:
            return f"measured, but its result was not verified after {self._verify_s:g} s"
        return f"not done after {self._limits.timeout_s:g} s"

    @property
    def _verify_s(self) -> float:
        """Time limit of the verification, in seconds."""
        return VERIFY_S + VERIFY_TIMES * self._limits.timeout_s

    def send(self, message: object) -> None:
        """Send a message to the worker."""
        assert self._worker.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, which `until_it_ends` notices
            self._worker.stdin.write(encode(message))

    def _sample_if_due(self) -> float:
        """Sample the processes if a sample is due, and return the seconds until the next."""
        left_s = self._meter.last_s + SAMPLE_EVERY_S - time.monotonic()
        if left_s > 0:
            return left_s
        self._tree.reap(self._child)
        held, limit = self._meter.sample().memory_bytes, self._limits.memory_limit
        if limit is not None and held > limit:
            reason = f"it held {held // MIB} MiB of memory, more than the limit of {limit // MIB} MiB"
            self._ended = Ended(status="memory", reason=reason)
        return SAMPLE_EVERY_S

    def _next(self) -> Do | Close | None:
        """Take the next command, without the repeats of operations that have been timed for long enough."""
        enough_s = math.inf if self._limits.enough_s is None else self._limits.enough_s
        while self._commands:
            command = self._commands.popleft()
            if isinstance(command, Close) or not command.timed or self._timed_s.get(command.do, 0.0) < enough_s:
                return command
        return None

    def _command(self, command: Do | Close) -> None:
        """Pass a command of the run on to the worker."""
        if isinstance(command, Do):
            self.send(command)
        else:
            results = [] if self._results is None else self._results.to_verify(command.known)
            self.send(Verify(verify=results, pictures=command.pictures))

    def _hear(self, line: bytes) -> None:
        """Act on a line of the worker, unless something else wrote it."""
        if line.startswith(self._key):
            self._listen(decode(line.removeprefix(self._key)))
        elif self._ended is None:
            wrote = line[:FOREIGN_BYTES].decode(errors="replace")
            self._ended = Ended(status="crashed", reason=f"it wrote to the pipe of the measurements: {wrote!r}")

    def _listen(self, message: Any) -> None:
        match message:
            case Ready():
                self._is_ready = True
                return
            case Begin():
                self.sampler.begin(self._child)
                self._meter.begin(message.reaped_cpu_s)
            case End():
                self._end(message)
            case Done():
                self.sampler.end()
                self._is_measured = self.is_over = True
                self._give_up_at_s = time.monotonic() + self._verify_s
                os.sched_setaffinity(self._child, os.sched_getaffinity(0))  # verification is not timed
            case _:
                self.is_over = self.is_over or isinstance(message, Ended)
                self._answer(message)
                return
        self.send(Go())

    def _end(self, message: End) -> None:
        """Conclude a repeat: send its usage, and keep its result."""
        usage = added_up([self._meter.end(message.reaped_cpu_s), *(Usage(**one) for one in message.elsewhere.values())])
        known = {"wall_s": message.wall_s, "cache": message.cache}
        self._timed_s[message.end] = self._timed_s.get(message.end, 0.0) + message.wall_s
        started_s = time.monotonic()
        digest, held = ("", 0) if self._results is None else self._results.take(message.end)
        self._give_up_at_s += time.monotonic() - started_s  # not the backend's time
        self._answer(Repeated(repeat=asdict(usage) | known, index=message.end, digest=digest, result_bytes=held))
        if escaped := self._tree.outside(set(self._limits.cores)):
            reason = f"process {escaped[0]} left the cores assigned to it, {self._limits.cores}"
            self._ended = Ended(status="crashed", reason=reason)
