"""All descendants of this process, or of others: sum up their usage, and end them."""

import ctypes
import os
import signal
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from rasterbout.measure.members import Member, ProcessUsage, children_of
from rasterbout.resources import MIB

ADOPT = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
END_WITHIN_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Cumulative usage of a tree, and the memory it holds at one moment.

    ``at_s`` is on the clock of `time.monotonic`; ``memory_bytes`` is anonymous and shared memory,
    each page counted once, without file pages.
    """

    at_s: float
    cpu_s: float
    memory_bytes: int
    read_bytes: int
    written_bytes: int


class Tree:
    """The descendants of this process, which adopts orphans among them.

    With ``roots``: these processes and their descendants, except this one, which cannot be ended or reaped.
    """

    def __init__(self, roots: Collection[int] = ()) -> None:
        self._roots = frozenset(roots)
        if not roots:
            ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)
        self._members: dict[int, Member] = {}
        self._newest = b""
        self._orphans_cpu_s = 0.0
        self._most_family_bytes = 0

    def usages(self) -> dict[int, ProcessUsage]:
        """Return the usage of each process by PID."""
        self._refresh()
        usages = {}
        for member in list(self._members.values()):
            try:
                usages[member.pid] = member.usage()
            except OSError:
                self._drop(member)
        return usages

    def totals(self, usages: Mapping[int, ProcessUsage], child: int, reaped_cpu_s: float | None = None) -> Totals:
        """Add up ``usages``; ``reaped_cpu_s``, if given, replaces the less exact value of the process ``child``."""
        cpu_s = sum(usage.cpu_s + usage.reaped_cpu_s for usage in usages.values()) + self._orphans_cpu_s
        if reaped_cpu_s is not None and child in usages:
            cpu_s += reaped_cpu_s - usages[child].reaped_cpu_s
        return Totals(
            at_s=time.monotonic(),
            cpu_s=cpu_s,
            memory_bytes=self._memory_bytes(usages),
            read_bytes=sum(usage.read_bytes for usage in usages.values()),
            written_bytes=sum(usage.written_bytes for usage in usages.values()),
        )

    def reset_peaks(self) -> None:
        """Reset the high-water mark of every process."""
        for member in self._members.values():
            member.reset_peak()

    def outside(self, cores: set[int]) -> list[int]:
        """Return the PIDs of processes that may run on cores outside ``cores``."""
        escaped = []
        for pid in self._members:
            with suppress(OSError):
                if not os.sched_getaffinity(pid) <= cores:
                    escaped.append(pid)
        return escaped

    def reap(self, child: int) -> None:
        """Wait for the adopted processes that have ended, except ``child``."""
        for pid in self._members.keys() - {child}:
            with suppress(ChildProcessError):  # not a child of this process
                _, _, used = os.wait4(pid, os.WNOHANG)
                self._orphans_cpu_s += used.ru_utime + used.ru_stime

    def end(self) -> bool:
        """Kill every process, in whatever process group, and return whether all are gone within 5 seconds."""
        give_up_at_s = time.monotonic() + END_WITHIN_S
        while time.monotonic() < give_up_at_s:
            self._newest = b""
            self._refresh()
            if not self._members:
                return True
            for pid in list(self._members):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.reap(child=0)
            time.sleep(0.002)
        return False

    def _refresh(self) -> None:
        """Look for new processes, unless no process or thread has been created on the machine since."""
        newest = _newest()
        if newest == self._newest:
            return
        self._newest = newest
        found = _with_descendants(self._roots or {os.getpid()}) - {os.getpid()}
        for pid in self._members.keys() - found:
            self._drop(self._members[pid])
        for pid in found - self._members.keys():
            with suppress(OSError):
                self._members[pid] = Member(pid)

    def _drop(self, member: Member) -> None:
        member.close()
        del self._members[member.pid]

    def _memory_bytes(self, usages: Mapping[int, ProcessUsage]) -> int:
        """Return the memory of all processes, counting shared pages once.

        Counting reads the page tables, which is slow, and so is limited to processes that can share pages:
        forked processes and their parents, and holders of shared memory.
        """
        holders = [pid for pid, usage in usages.items() if usage.shared_bytes > MIB]
        family = {member for pid, usage in usages.items() if usage.forked for member in (pid, usage.parent)}
        family.update(holders if len(holders) > 1 else ())
        alone = sum(usage.own_bytes for pid, usage in usages.items() if pid not in family)
        return alone + self._family_bytes(family & usages.keys())

    def _family_bytes(self, family: set[int]) -> int:
        """Return the memory of processes that share pages; a new maximum must be confirmed by a second reading.

        Processes are read one after the other. If one begins to share pages meanwhile, the pages shared
        with processes read earlier are counted too often. The second reading is in reverse order and then
        counts too little, so the smaller value is used. If a process has ended, neither value may set a
        new maximum. A new process has all of its parent's memory until it runs its own program.
        """
        members = sorted(family)
        total = sum(self._proportional_bytes(pid) for pid in members)
        if total > self._most_family_bytes:
            again = [self._proportional_bytes(pid) for pid in reversed(members)]
            total = min(total, sum(again))
            if self._most_family_bytes and not all(again):
                return min(total, self._most_family_bytes)
            self._most_family_bytes = max(self._most_family_bytes, total)
        return total

    def _proportional_bytes(self, pid: int) -> int:
        try:
            return self._members[pid].proportional_bytes()
        except OSError:  # it has ended
            return 0


def _newest() -> bytes:
    """Return the ID of the most recently created process or thread; proc_loadavg(5)."""
    with open("/proc/loadavg", "rb", buffering=0) as file:  # noqa: PTH123
        return file.read().split()[-1]


def _with_descendants(roots: Collection[int]) -> set[int]:
    """Return the living ``roots`` and all their descendants."""
    if not Path("/proc/thread-self/children").exists():  # a kernel built without CONFIG_PROC_CHILDREN
        found = set(roots)
        for root in roots:
            with suppress(psutil.NoSuchProcess):
                found |= {process.pid for process in psutil.Process(root).children(recursive=True)}
        return found
    found, pending = set(roots), set(roots)
    while pending:
        children = children_of(pending.pop()) - found
        found |= children
        pending |= children
    return found
