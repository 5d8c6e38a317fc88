"""The processes of a tree, with their files under ``/proc`` held open: fast to read, and safe if a PID is reused.

Formats: proc(5), proc_pid_stat(5), proc_pid_status(5), proc_pid_io(5).
"""

import os
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass

KIB = 1024
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
FORKED = 0x40  # PF_FORKNOEXEC of the kernel's sched.h: still runs its parent's program
SAMPLE_BYTES = 8192  # more than any of the files holds
CHILDREN_BYTES = 1 << 20
RESET_PEAK = b"5"


@dataclass(frozen=True, kw_only=True)
class ProcessUsage:
    """Cumulative and current resource usage of one process.

    Attributes
    ----------
    forked
        Whether it still runs its parent's program and so shares its memory.
    cpu_s, reaped_cpu_s
        CPU time in seconds: of its threads, exact; of its reaped children, to 0.01 s.
    own_bytes, file_bytes
        Resident memory: anonymous and shared memory; file pages.
    shared_bytes
        The part of ``own_bytes`` that is shared memory.
    high_bytes
        Peak resident memory, including file pages, since the last reset.
    read_bytes, written_bytes
        Bytes passed through read and write calls, including those of reaped children.
    """

    parent: int
    forked: bool
    cpu_s: float
    reaped_cpu_s: float
    own_bytes: int
    shared_bytes: int
    file_bytes: int
    high_bytes: int
    read_bytes: int
    written_bytes: int


class Member:
    """A running process.

    Raises
    ------
    OSError
        The process has ended; raised on creation and by every method.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        with ExitStack() as opened:
            self._stat, self._status, self._io = (_opened(pid, name, opened) for name in ("stat", "status", "io"))
            self._files = opened.pop_all()

    def close(self) -> None:
        """Close the files."""
        self._files.close()

    def usage(self) -> ProcessUsage:
        """Read the current usage."""
        fields = os.pread(self._stat, SAMPLE_BYTES, 0).rpartition(b")")[2].split()
        status = os.pread(self._status, SAMPLE_BYTES, 0)
        passed = os.pread(self._io, SAMPLE_BYTES, 0).split()
        shared = _kib(status, b"RssShmem:")
        return ProcessUsage(
            parent=int(fields[1]),
            forked=bool(int(fields[6]) & FORKED),
            cpu_s=self._own_cpu_s(),
            reaped_cpu_s=(int(fields[13]) + int(fields[14])) / TICKS_A_SECOND,
            own_bytes=_kib(status, b"RssAnon:") + shared,
            shared_bytes=shared,
            file_bytes=_kib(status, b"RssFile:"),
            high_bytes=_kib(status, b"VmHWM:"),
            read_bytes=int(passed[1]),
            written_bytes=int(passed[3]),
        )

    def proportional_bytes(self) -> int:
        """Return anonymous and shared bytes, each page divided by the number of processes that map it; slow."""
        with open(f"/proc/{self.pid}/smaps_rollup", "rb") as rollup:  # noqa: PTH123
            lines = rollup.read()
        return _kib(lines, b"Pss_Anon:") + _kib(lines, b"Pss_Shmem:")

    def reset_peak(self) -> None:
        """Reset the peak to the memory that is resident now."""
        with suppress(OSError), open(f"/proc/{self.pid}/clear_refs", "wb", buffering=0) as refs:  # noqa: PTH123
            refs.write(RESET_PEAK)

    def _own_cpu_s(self) -> float:
        """Return the CPU time of all threads to the nanosecond: clock_getcpuclockid(3) of this process."""
        return time.clock_gettime((~self.pid << 3) | 2)


def children_of(pid: int) -> set[int]:
    """Return the living children of a process: those started by its threads, and those it adopted."""
    found: set[int] = set()
    with suppress(OSError):  # it may have ended
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with suppress(OSError), ExitStack() as opened:
                handle = _opened(pid, f"task/{thread}/children", opened)
                found.update(int(child) for child in os.read(handle, CHILDREN_BYTES).split())
    return found


def _opened(pid: int, name: str, closing: ExitStack) -> int:
    handle = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    closing.callback(os.close, handle)
    return handle


def _kib(text: bytes, name: bytes) -> int:
    """Return the bytes in a line such as ``RssAnon:  12 kB``, 0 if it is missing (the process has ended)."""
    start = text.find(name)
    return 0 if start < 0 else int(text[start + len(name) : text.index(b"kB", start)]) * KIB
