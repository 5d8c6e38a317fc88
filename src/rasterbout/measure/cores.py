"""Cores: the number available to this process, and the choice of cores for a case."""

import os
from collections.abc import Iterator
from pathlib import Path

from rasterbout.measure.cgroup import cpu_quota
from rasterbout.measure.job import this_job

SYSTEM = Path("/")


def available_cores(system: Path = SYSTEM) -> int:
    """Return the number of cores available to this process: the least of its affinity, CPU quota and job's share.

    The quota of its cgroups is rounded down: with 1.5 cores, two busy threads would be throttled a quarter of the
    time. A job of SLURM has a number of cores even where nothing enforces it.
    """
    quota, job = cpu_quota(system), this_job()
    bounds = [len(os.sched_getaffinity(0)), *([] if quota is None else [max(1, int(quota))])]
    return min(bounds + ([job.cores] if job and job.cores else []))


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
