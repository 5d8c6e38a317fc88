"""Cores: the number available to this process, and the choice of cores for a case."""

import os
from collections.abc import Iterator
from pathlib import Path

from rasterbout.measure.cgroup import cpu_quota

SYSTEM = Path("/")


def available_cores(system: Path = SYSTEM) -> int:
    """Return the number of cores available to this process: the smaller of its affinity and its cgroups' CPU quota.

    The quota is rounded down: with 1.5 cores, two busy threads would be throttled a quarter of the time.
    """
    allowed = len(os.sched_getaffinity(0))
    quota = cpu_quota(system)
    return allowed if quota is None else max(1, min(allowed, int(quota)))


def choose_cores(count: int) -> list[int]:
    """Return the numbers of ``count`` cores, or of all available cores if there are fewer.

    Separate physical cores are preferred; their hyper-threading siblings come last.
    """
    allowed = sorted(os.sched_getaffinity(0))
    by_place = sorted(allowed, key=lambda core: (_before(core, allowed), core))
    return sorted(by_place[: min(count, available_cores())])


def _before(core: int, allowed: list[int]) -> int:
    """Return the number of lower-numbered cores in ``allowed`` on the same physical core as ``core``."""
    return sum(sibling in allowed and sibling < core for sibling in _siblings(core))


def _siblings(core: int) -> list[int]:
    """Return the numbers of all logical cores on the physical core of ``core``."""
    file = Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
    return list(_numbers(file.read_text(encoding="ascii"))) if file.exists() else [core]


def _numbers(listed: str) -> Iterator[int]:
    """Yield the numbers of a list such as ``0-3,8``."""
    for part in listed.strip().split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
