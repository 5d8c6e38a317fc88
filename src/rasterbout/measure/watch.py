"""Listens to a worker and samples its tree, until it ends or must be ended."""

import json
import os
import select
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from subprocess import Popen
from typing import Any

from rasterbout.measure.lines import Lines
from rasterbout.measure.meter import SAMPLE_EVERY_S, Meter
from rasterbout.measure.tree import Tree
from rasterbout.resources import MIB

Facts = dict[str, Any]
"""Fields of a record."""

ASKED, ANSWERED, ENDED = "asked", "answered", "ended"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a case may take: seconds for the backend in all, bytes of memory (None: no limit), and which cores."""

    timeout_s: float
    memory_limit: int | None
    cores: list[int]


class Watch:
    """One worker at work: ``tell`` sends it a message, ``answer`` passes fields of the record on.

    The worker tells of events and waits for an answer to each, so that looking at its tree costs it
    no time: ``ready`` is answered by the next command of the run, ``begin`` and ``end`` enclose a
    timed repeat, after ``done`` the backend has nothing more to do.
    """

    def __init__(
        self,
        tree: Tree,
        worker: Popen[bytes],
        limits: Limits,
        tell: Callable[[Facts], None],
        answer: Callable[[Facts], None],
    ) -> None:
        assert worker.stdout is not None
        self._tree, self._limits, self._tell, self._answer = tree, limits, tell, answer
        self._child = worker.pid
        self._meter = Meter(tree, worker.pid)
        self._commands: deque[Facts] = deque()
        self._is_ready = False
        self._limited = True
        self._verdict: Facts = {}
        self._asked, self._answers = Lines(sys.stdin.fileno()), Lines(worker.stdout.fileno())
        self._sources = {sys.stdin.fileno(): ASKED, worker.stdout.fileno(): ANSWERED, os.pidfd_open(worker.pid): ENDED}

    def until_it_ends(self) -> Facts:
        """Return why the worker must be ended; nothing where it ended by itself."""
        poll = select.poll()
        for source in self._sources:
            poll.register(source, select.POLLIN)
        give_up_at_s = time.monotonic() + self._limits.timeout_s
        while not self._verdict:
            wait_ms = None
            if self._limited:
                if time.monotonic() >= give_up_at_s:
                    return {"status": "timeout", "reason": f"not done after {self._limits.timeout_s:g} s"}
                wait_ms = self._sample_if_due() * 1000
            happened = {self._sources[source] for source, _ in poll.poll(wait_ms)}
            if ASKED in happened:
                self._commands.extend(json.loads(line) for line in self._asked.read())
                if self._asked.ended:
                    return {"status": "interrupted", "reason": "the run was stopped"}
            for line in self._answers.read():
                self._listen(json.loads(line))
            if self._is_ready and self._commands:
                self._is_ready = False
                self._tell(self._commands.popleft())
            if ENDED in happened:
                break
        return self._verdict

    def _sample_if_due(self) -> float:
        """Look at the tree when it is time to, and return how many seconds are left until the next time."""
        left_s = self._meter.last_s + SAMPLE_EVERY_S - time.monotonic()
        if left_s > 0:
            return left_s
        self._tree.reap(self._child)
        held, limit = self._meter.sample().memory_bytes, self._limits.memory_limit
        if limit is not None and held > limit:
            reason = f"it held {held // MIB} MiB of memory, and may hold {limit // MIB} MiB"
            self._verdict = {"status": "memory", "reason": reason}
        return SAMPLE_EVERY_S

    def _listen(self, message: Facts) -> None:
        match message.pop("event", None):
            case "ready":
                self._is_ready = True
                return
            case "begin":
                self._meter.begin(message["reaped_cpu_s"])
            case "end":
                self._end(message)
            case "done":
                self._limited = False
                os.sched_setaffinity(self._child, os.sched_getaffinity(0))  # to look at the pixels, which nobody times
            case _:
                self._answer(message)
                return
        self._tell({})

    def _end(self, message: Facts) -> None:
        measured = asdict(self._meter.end(message.pop("reaped_cpu_s")))
        self._answer({"repeat": measured | message})
        if escaped := self._tree.outside(set(self._limits.cores)):
            reason = f"process {escaped[0]} left the cores that it was given, {self._limits.cores}"
            self._verdict = {"status": "crashed", "reason": reason}
