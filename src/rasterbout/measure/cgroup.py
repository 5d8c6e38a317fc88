"""What the control groups of this process allow it: CPU quota and memory, of version 1 and 2.

A limit of any group on the way up to the root holds for all below it.
Formats: the kernel's documents on cgroup-v1 and cgroup-v2, and proc(5) for ``mountinfo``.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

SYSTEM = Path("/")
NO_LIMIT_BYTES = 1 << 60  # version 1 writes a number beyond any machine instead of "max"


def cpu_quota(system: Path = SYSTEM) -> float | None:
    """Return how many cores' time this process may use, None where nothing limits it."""
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
    """Return how much memory this process and its group may use, None where nothing limits it."""
    limits = []
    for folder in _folders(system, "memory"):
        (limit,) = _words(folder / "memory.max", 1) or _words(folder / "memory.limit_in_bytes", 1) or ("max",)
        if limit != "max" and int(limit) < NO_LIMIT_BYTES:
            limits.append(int(limit))
    return min(limits, default=None)


def _words(file: Path, count: int) -> tuple[str, ...]:
    """Return the words of a file, nothing where it is missing or holds another number of them."""
    words = tuple(file.read_text(encoding="ascii").split()) if file.is_file() else ()
    return words if len(words) == count else ()


def _folders(system: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of this process's groups that may limit ``controller``, from its own up to the root."""
    for controllers, group in _groups(system):
        if controllers and controller not in controllers:
            continue
        for mounted_at, mounted_group in _mounts(system, controller if controllers else ""):
            if group.is_relative_to(mounted_group):  # else it shows the groups of others
                inside = group.relative_to(mounted_group)
                yield from (mounted_at / below for below in (inside, *inside.parents))


def _groups(system: Path) -> Iterator[tuple[list[str], PurePosixPath]]:
    """Yield controllers and group of each hierarchy that this process is in; version 2 names no controller."""
    file = system / "proc/self/cgroup"
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        _, controllers, group = line.split(":", 2)
        yield [name for name in controllers.split(",") if name], PurePosixPath(group)


def _mounts(system: Path, controller: str) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield where the hierarchy of ``controller`` is mounted (version 2 for none), and which group is seen there."""
    for line in (system / "proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        place, _, source = line.partition(" - ")
        kind, _, options = source.split(" ", 2)
        if (kind == "cgroup" and controller in options.split(",")) or (kind == "cgroup2" and not controller):
            group, mounted_at = (_unescaped(name) for name in place.split(" ")[3:5])
            yield system / mounted_at.lstrip("/"), PurePosixPath(group)


def _unescaped(name: str) -> str:
    """Return a name of ``mountinfo`` as it is: blanks stand there as three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), name)
