"""The leader of a case's process group: starts the worker, monitors its processes, and ends all of them.

The supervisor reads a request from standard input and answers with `messages`. It ends the processes when
the worker is done or exceeds a limit, and when its own standard input is closed, which happens when the
run stops it or is killed.
"""

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from rasterbout.measure.codec import decode, encode
from rasterbout.measure.messages import Ended, Printed, Request, Start
from rasterbout.measure.read_only import protect
from rasterbout.measure.tree import Tree
from rasterbout.measure.watch import Watch

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
PRINTED_BYTES = 2000


def main() -> None:
    """Read the request and execute it."""
    request = decode(os.fdopen(0, "rb", buffering=0, closefd=False).readline())  # unbuffered, to see its end
    scratch = Path(request.scratch)
    scratch.mkdir()
    try:
        _supervise(request)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _supervise(request: Request) -> None:
    """Run a worker on the work of ``request`` and send the answers."""
    tree = Tree()
    killed_before = _killed_for_memory()
    with tempfile.TemporaryFile() as printed:
        worker = _start(request, printed)
        try:
            key = secrets.token_hex(8)
            watch = Watch(tree, worker, request, _answer, key)
            watch.send(Start(start=request.work, scratch=request.scratch, started_s=time.monotonic(), key=key))
            ended = watch.until_it_ends()
            if ended is None:
                status = worker.wait()
                killed = _killed_for_memory() > killed_before
                ended = _how_it_ended(status, is_over=watch.is_over, short_of_memory=killed)
        finally:
            gone = tree.end()
        if ended is not None:
            _answer(ended)
        notes = [] if gone else ["some of its processes could not be ended"]
        notes += filter(None, [watch.sampler.problem])
        _answer(Printed(printed=_tail(printed), note="; ".join(notes)))


def _start(request: Request, printed: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the worker pinned to the case's cores; the supervisor's own affinity is unchanged."""

    def prepare() -> None:
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        protect(request.inputs)

    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, request.limits.cores)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "rasterbout.measure.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            preexec_fn=prepare,  # noqa: PLW1509  there are no threads here
            bufsize=0,
        )
    finally:
        os.sched_setaffinity(0, mine)


def _answer(message: object) -> None:
    """Send a message to the run at once, so that a crash loses nothing."""
    with suppress(BrokenPipeError):  # the run was killed
        sys.stdout.buffer.write(encode(message))
        sys.stdout.flush()


def _how_it_ended(status: int, *, is_over: bool, short_of_memory: bool) -> Ended | None:
    """Return why a worker ended that the supervisor did not end; None if it ended normally."""
    if status == 0 and is_over:
        return None
    if status == -signal.SIGKILL and short_of_memory:
        return Ended(status="memory", reason="killed by the kernel, which ran out of memory")
    how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    return Ended(status="crashed", reason=f"it ended without an answer: {how}")


def _killed_for_memory() -> int:
    """Return the number of processes that the kernel has killed so far for lack of memory; proc_vmstat(5)."""
    counters = dict(line.split() for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines())
    return int(counters.get("oom_kill", 0))


def _tail(printed: IO[bytes]) -> str:
    size = printed.seek(0, os.SEEK_END)
    printed.seek(max(0, size - PRINTED_BYTES))
    return printed.read().decode(errors="replace").strip()


if __name__ == "__main__":
    main()
