"""CPU quota and memory limit of this process's control groups, versions 1 and 2.

The limit of a group applies to all groups below it, so all groups up to the root are read.
Formats: the kernel's documents on cgroup-v1 and cgroup-v2, and proc(5) for ``mountinfo``.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

SYSTEM = Path("/")
NO_LIMIT_BYTES = 1 << 60  # version 1 has a number beyond any machine's memory in place of "max"


def cpu_quota(system: Path = SYSTEM) -> float | None:
    """Return the CPU quota of this process in cores, None if unlimited."""
    quotas = []
    for folder in _folders(system, "cpu"):
        quota, period = _words(folder / "cpu.max", 2) or (
            *_words(folder / "cpu.cfs_quota_us", 1),
            *_words(folder / "cpu.cfs_period_us", 1),
        ) or ("max", "0")  # fmt: skip
        if quota not in {"max", "-1"}:
            quotas.append(int(quota) / int(period))
    return min(quotas, default=None)


def memory_limit_bytes(system: Path = SYSTEM) -> int | None:
    """Return the memory limit of this process's groups in bytes, None if unlimited."""
    limits = []
    for folder in _folders(system, "memory"):
        (limit,) = _words(folder / "memory.max", 1) or _words(folder / "memory.limit_in_bytes", 1) or ("max",)
        if limit != "max" and int(limit) < NO_LIMIT_BYTES:
            limits.append(int(limit))
    return min(limits, default=None)


def _words(file: Path, count: int) -> tuple[str, ...]:
    """Return the words of a file; empty if it is missing or does not hold ``count`` words."""
    words = tuple(file.read_text(encoding="ascii").split()) if file.is_file() else ()
    return words if len(words) == count else ()


def _folders(system: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of this process's groups that may limit ``controller``, from its own up to the root."""
    for controllers, group in _groups(system):
        if controllers and controller not in controllers:
            continue
        for mounted_at, mounted_group in _mounts(system, controller if controllers else ""):
            if group.is_relative_to(mounted_group):  # else the mount shows other groups
                inside = group.relative_to(mounted_group)
                yield from (mounted_at / below for below in (inside, *inside.parents))


def _groups(system: Path) -> Iterator[tuple[list[str], PurePosixPath]]:
    """Yield controllers and group for each hierarchy of this process; version 2 names no controller."""
    file = system / "proc/self/cgroup"
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        _, controllers, group = line.split(":", 2)
        yield [name for name in controllers.split(",") if name], PurePosixPath(group)


def _mounts(system: Path, controller: str) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield mount point and mounted group of the hierarchy of ``controller`` (of version 2 if empty)."""
    for line in (system / "proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        place, _, source = line.partition(" - ")
        kind, _, options = source.split(" ", 2)
        if (kind == "cgroup" and controller in options.split(",")) or (kind == "cgroup2" and not controller):
            group, mounted_at = (_unescaped(name) for name in place.split(" ")[3:5])
            yield system / mounted_at.lstrip("/"), PurePosixPath(group)


def _unescaped(name: str) -> str:
    """Return a name from ``mountinfo`` with its octal escapes decoded; a blank is written as one."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), name)
