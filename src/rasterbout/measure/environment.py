"""The machine, the software and the settings of a run."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import psutil

from rasterbout.fitness import FEWEST_ROUNDS, UNFIT_SHARE
from rasterbout.measure.cgroup import cpu_quota, memory_limit_bytes
from rasterbout.measure.cores import available_cores
from rasterbout.measure.energy import Energy
from rasterbout.measure.job import this_job
from rasterbout.measure.measurer import FLOOR_REPEATS
from rasterbout.measure.meter import SAMPLE_EVERY_S
from rasterbout.measure.runner import MOST_AGAIN

Facts = dict[str, Any]

MEMORY_SHARE = 0.9


def describe_environment(settings: Facts, files: Iterable[Path]) -> Facts:
    """Return machine, software and ``settings``; sizes in bytes, and the file system of each of ``files``."""
    return {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": sys.argv[1:],
        **machine(),
        "job": None if (job := this_job()) is None else asdict(job),
        "affinity": sorted(os.sched_getaffinity(0)),
        "cpu_quota": cpu_quota(),
        "memory_bytes": psutil.virtual_memory().total,
        "memory_available_bytes": available_memory_bytes(),
        "memory_limit_bytes": memory_limit_bytes(),
        "kernel": platform.release(),
        "system": _system(),
        "filesystems": {str(file): _filesystem(file) for file in files},
        "load": list(os.getloadavg()),
        "energy": _energy(),
        "python": platform.python_version(),
        "libraries": _libraries(),
        "git_commit": _commit(Path(__file__)),
        "settings": settings,
        "instrument": {
            "sample_every_s": SAMPLE_EVERY_S,
            "floor_repeats": FLOOR_REPEATS,
            "unfit_share": UNFIT_SHARE,
            "fewest_rounds_to_judge": FEWEST_ROUNDS,
            "most_rounds_again": MOST_AGAIN,
        },
    }


def machine() -> Facts:
    """Return what identifies this machine: ``host``, ``cpu`` and the number of ``cores`` available here."""
    return {"host": platform.node(), "cpu": _cpu_model(), "cores": available_cores()}


def available_memory_bytes() -> int:
    """Return the memory available to new processes in bytes: what is free, at most the limit of cgroups and job."""
    job = this_job()
    limits = [memory_limit_bytes(), None if job is None else job.memory_bytes]
    return min([psutil.virtual_memory().available, *(limit for limit in limits if limit is not None)])


def usual_memory_limit() -> int:
    """Return the memory limit of a backend in bytes: below what is free, so that the kernel kills nothing else."""
    return int(available_memory_bytes() * MEMORY_SHARE)


def _energy() -> Facts:
    """Return whether the processor's energy is readable; if not, the reason and a command that may help."""
    counters = Energy()
    counters.close()
    return {"readable": not counters.reason, "reason": counters.reason, "remedy": counters.remedy}


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _libraries() -> dict[str, str]:
    """Return the versions of all libraries; of several with the same name, the one that is imported."""
    found: dict[str, str] = {}
    for library in distributions():
        with suppress(AttributeError, KeyError, FileNotFoundError, TypeError):  # an incomplete installation
            if "Name" in library.metadata:  # else Python 3.13 warns of a None
                found.setdefault(library.metadata["Name"].lower(), library.version)
    return dict(sorted(found.items()))


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def _filesystem(file: Path) -> str:
    """Return type and device of the file system that holds ``file``."""
    mounts = [mount for mount in psutil.disk_partitions(all=True) if file.resolve().is_relative_to(mount.mountpoint)]
    mount = max(reversed(mounts), key=lambda mount: len(mount.mountpoint))
    return f"{mount.fstype} {mount.device}"


def _commit(source: Path) -> str | None:
    """Return the commit of the repository that tracks ``source``, marked if modified; None if untracked."""

    def git(*words: str) -> str | None:
        try:
            command = ["git", "-C", str(source.resolve().parent), *words]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    if git("ls-files", "--error-unmatch", source.name) is None:
        return None
    return f"{git('rev-parse', 'HEAD')}{' and changes' if git('status', '--porcelain', '-uno') else ''}"
