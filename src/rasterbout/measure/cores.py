"""Cores: how many this process may use, and which of them a case gets."""

import os
from collections.abc import Iterator
from pathlib import Path

from rasterbout.measure.cgroup import cpu_quota

SYSTEM = Path("/")


def available_cores(system: Path = SYSTEM) -> int:
    """Return how many cores this process may use: the smallest of its affinity and its cgroups' CPU quota.

    A quota of one core and a half is worth one: two busy threads would be stopped a quarter of the time.
    """
    allowed = len(os.sched_getaffinity(0))
    quota = cpu_quota(system)
    return allowed if quota is None else max(1, min(allowed, int(quota)))


def choose_cores(count: int) -> list[int]:
    """Return the numbers of ``count`` cores, or of as many as there are.

    Those that share nothing with each other come first, their twins by hyper-threading last.
    """
    allowed = sorted(os.sched_getaffinity(0))
    by_place = sorted(allowed, key=lambda core: (_before(core, allowed), core))
    return sorted(by_place[: min(count, available_cores())])


def _before(core: int, allowed: list[int]) -> int:
    """Return how many of ``allowed`` share the physical core of ``core`` and have a smaller number."""
    return sum(sibling in allowed and sibling < core for sibling in _siblings(core))


def _siblings(core: int) -> list[int]:
    """Return the numbers under which the kernel shows the physical core of ``core``."""
    file = Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
    return list(_numbers(file.read_text(encoding="ascii"))) if file.exists() else [core]


def _numbers(listed: str) -> Iterator[int]:
    """Yield the numbers of a list such as ``0-3,8``."""
    for part in listed.strip().split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
