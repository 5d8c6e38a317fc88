"""Limits of control groups, read from made file trees and from a real group."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rasterbout.measure.cgroup import cpu_quota, memory_limit_bytes

GB = 1 << 30
NO_LIMIT = "9223372036854771712"
CPU, BOTH, MEMORY = (("cgroup", "/", f"/sys/fs/cgroup/{name}", name) for name in ("cpu", "cpu,cpuacct", "memory"))
OTHERS = [("cgroup", "/", f"/sys/fs/cgroup/{name}", name) for name in ("cpuset", "cpuacct", "name=systemd")]
UNIFIED = ("cgroup2", "/", "/sys/fs/cgroup/unified", "nsdelegate")
TWO = ("cgroup2", "/", "/sys/fs/cgroup", "nsdelegate")
QUOTA = {
    Path("/sys/fs/cgroup/cpu"): {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "150000"},
    Path("/sys/fs/cgroup"): {"cpu.max": "150000 100000"},
}


def cpu1(group, quota, period=100000, mount="cpu"):
    place = f"/sys/fs/cgroup/{mount}{group}"
    return {f"{place}/cpu.cfs_quota_us": quota, f"{place}/cpu.cfs_period_us": period}


def memory1(group, limit):
    return {f"/sys/fs/cgroup/memory{group}/memory.limit_in_bytes": limit}


def two(group, cpu, memory, mount=""):
    return {f"/sys/fs/cgroup{mount}{group}/cpu.max": cpu, f"/sys/fs/cgroup{mount}{group}/memory.max": memory}


def container(version):
    return ("cgroup2", "/docker/abc", "/sys/fs/cgroup", "rw") if version == 2 else [
        ("cgroup", "/docker/abc", f"/sys/fs/cgroup/{name}", name) for name in ("cpu", "memory")
    ]  # fmt: skip


CASES = {
    "version 1": (["2:cpu:/a", "1:memory:/a"], [CPU, MEMORY], cpu1("/a", 150000) | memory1("/a", GB), 1.5, GB),
    "version 1, no limit": (
        ["2:cpu:/a", "1:memory:/a"], [CPU, MEMORY], cpu1("/a", -1) | memory1("/a", NO_LIMIT), None, None,
    ),
    "version 1, the parent allows less": (
        ["2:cpu:/a/b/c", "1:memory:/a/b/c"], [CPU, MEMORY],
        cpu1("/a/b/c", 400000) | cpu1("/a/b", 50000, 20000) | cpu1("/a", -1) | cpu1("", -1)
        | memory1("/a/b/c", 4 * GB) | memory1("/a", GB) | memory1("", NO_LIMIT), 2.5, GB,
    ),
    "version 1, controllers mounted together": (
        ["2:cpu,cpuacct:/a", "1:memory:/"], [BOTH, MEMORY], cpu1("/a", 200000, mount="cpu,cpuacct"), 2.0, None,
    ),
    "version 1, other hierarchies limit nothing": (
        ["9:cpuset:/a", "8:cpuacct:/a", "7:name=systemd:/a", "2:cpu:/"], [*OTHERS, CPU], cpu1("/a", 100000), None, None,
    ),
    "version 1, another group's limit": (
        ["2:cpu:/a", "1:memory:/a"], [CPU, MEMORY], cpu1("/b", 100000) | memory1("/a/b", GB), None, None,
    ),
    "version 1, in a container": (
        ["2:cpu:/docker/abc", "1:memory:/docker/abc"], container(1), cpu1("", 150000) | memory1("", GB), 1.5, GB,
    ),
    "version 1, a group of its own in a container": (
        ["2:cpu:/docker/abc/job", "1:memory:/docker/abc/job"], container(1),
        cpu1("/job", 150000) | cpu1("", 300000) | memory1("/job", 2 * GB) | memory1("", GB), 1.5, GB,
    ),
    "version 2": (["0::/a"], [TWO], two("/a", "150000 100000", GB), 1.5, GB),
    "version 2, no limit": (["0::/a"], [TWO], two("/a", "max 100000", "max"), None, None),
    "version 2, the parent allows less": (
        ["0::/a/b/c"], [TWO],
        two("/a/b/c", "max 100000", "max") | two("/a/b", "50000 100000", 2 * GB) | two("/a", "300000 100000", GB),
        0.5, GB,
    ),
    "version 2, controllers not enabled in the group itself": (["0::/a/b"], [TWO], two("/a", "90000 30000", GB), 3, GB),
    "version 2, in a container": (["0::/docker/abc"], [container(2)], two("", "150000 100000", GB), 1.5, GB),
    "version 2, in a container that sees itself as the root": (["0::/"], [TWO], two("", "70000 10000", GB), 7, GB),
    "version 2, in the root group": (["0::/"], [TWO], {}, None, None),
    "hybrid, limits in version 1": (
        ["2:cpu:/a", "1:memory:/b", "0::/c"], [CPU, MEMORY, UNIFIED], cpu1("/a", 150000) | memory1("/b", GB), 1.5, GB,
    ),
    "hybrid, memory in version 2": (
        ["2:cpu:/a", "0::/c"], [CPU, UNIFIED],
        cpu1("/a", 150000) | {"/sys/fs/cgroup/unified/c/memory.max": 3 * GB}, 1.5, 3 * GB,
    ),
    "version 1, a colon in the name": (
        ["2:cpu:/a:b/c:d", "1:memory:/a:b"], [CPU, MEMORY], cpu1("/a:b/c:d", 150000) | memory1("/a:b", GB), 1.5, GB,
    ),
    "version 2, a colon in the name": (["0::/cri:1:2"], [TWO], two("/cri:1:2", "150000 100000", GB), 1.5, GB),
    "version 2, another group is mounted as well": (
        ["0::/mine"], [TWO, ("cgroup2", "/theirs", "/mnt", "rw")],
        {"/mnt/cpu.max": "50000 100000", "/mnt/memory.max": GB}, None, None,
    ),
    "a group whose name has a space, mounted as the root": (
        ["0::/my jobs"], [("cgroup2", r"/my\040jobs", r"/sys/fs/my\040groups", "rw")],
        {"/sys/fs/my groups/cpu.max": "150000 100000", "/sys/fs/my groups/memory.max": GB}, 1.5, GB,
    ),
    "groups that are mounted nowhere": (["2:cpu:/a", "0::/a"], [], {}, None, None),
}  # fmt: skip


def system(folder, groups, mounts, files):
    """A file system as a process of ``groups`` sees it."""
    proc = folder / "proc/self"
    proc.mkdir(parents=True)
    (proc / "cgroup").write_text("".join(f"{group}\n" for group in groups))
    lines = [
        f"{number} 24 0:{number} {root} {at} rw,relatime shared:{number} - {kind} cgroup rw,{options}\n"
        for number, (kind, root, at, options) in enumerate(mounts, start=30)
    ]
    (proc / "mountinfo").write_text("24 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n" + "".join(lines))
    for name, content in files.items():
        file = folder / name.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{content}\n")
    return folder


@pytest.mark.parametrize(("groups", "mounts", "files", "quota", "memory"), CASES.values(), ids=CASES)
def test_the_smallest_limit_on_the_way_up_holds(tmp_path, groups, mounts, files, quota, memory):
    fake = system(tmp_path, groups, mounts, files)
    assert (cpu_quota(fake), memory_limit_bytes(fake)) == (quota, memory)


def test_without_control_groups_nothing_limits(tmp_path):
    assert (cpu_quota(tmp_path), memory_limit_bytes(tmp_path)) == (None, None)


def test_a_mount_whose_name_is_no_text_does_no_harm(tmp_path):
    fake = system(tmp_path, ["0::/a"], [TWO], two("/a", "150000 100000", GB))
    with (fake / "proc/self/mountinfo").open("ab") as mounts:
        mounts.write(b"90 24 8:1 / /media/caf\xe9 rw - ext4 /dev/sdb1 rw\n")
    assert (cpu_quota(fake), memory_limit_bytes(fake)) == (1.5, GB)


@pytest.fixture
def group():
    """A real group that may use one core and a half."""
    parent = next((place for place in QUOTA if (place / "cgroup.procs").exists()), Path("/nowhere"))
    made = parent / f"rasterbout-test-{os.getpid()}"
    try:
        made.mkdir()
    except OSError as error:
        pytest.skip(f"no group can be made here: {error}")
    try:
        for name, value in QUOTA[parent].items():
            if not (made / name).exists():
                pytest.skip("groups have no quota here")
            (made / name).write_text(value)
        yield made
    finally:
        made.rmdir()


def test_a_process_in_a_real_group_knows_its_quota(group):
    look = "from rasterbout.measure import cgroup, cores; print(cgroup.cpu_quota(), cores.available_cores())"
    move = 'echo $$ > "$0" && exec "$@"'
    command = ["sh", "-c", move, str(group / "cgroup.procs"), sys.executable, "-c", look]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["1.5", "1"]
