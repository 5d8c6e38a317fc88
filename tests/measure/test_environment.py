"""What a run was measured on, held against what other programs say."""

import importlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rasterbout
from command_line import can_mount
from rasterbout.measure import environment
from rasterbout.measure.environment import available_memory_bytes, describe_environment

REPOSITORY = Path(__file__).parents[2]


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def filesystem(path):
    """Return kind and device of the file system that the kernel says ``path`` is on."""
    device = Path(path).stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    lines = (line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines())
    return next(" ".join(words[words.index("-") + 1 :][:2]) for words in lines if words[2] == number)


@pytest.fixture(scope="module")
def facts():
    return describe_environment({"rounds": 3}, [])


def test_machine_and_system_are_what_other_programs_say(facts):
    assert facts["kernel"] == output_of("uname", "-r")
    assert facts["host"] == output_of("uname", "-n")
    assert facts["python"] == platform.python_version()
    assert facts["cores"] == min(len(os.sched_getaffinity(0)), max(1, int(facts["cpu_quota"] or sys.maxsize)))
    assert facts["affinity"] == sorted(os.sched_getaffinity(0))
    assert facts["command"] == sys.argv[1:]
    assert facts["settings"] == {"rounds": 3}


def test_memory_is_that_of_the_kernel(facts):
    kilobytes = dict(line.split()[:2] for line in Path("/proc/meminfo").read_text().splitlines())
    assert facts["memory_bytes"] == int(kilobytes["MemTotal:"]) * 1024
    assert 0 < facts["memory_available_bytes"] <= facts["memory_bytes"]


@pytest.mark.parametrize("limit", [None, 1 << 20, 1 << 60])
def test_no_more_memory_is_available_than_there_is_nor_than_the_groups_allow(monkeypatch, limit):
    monkeypatch.setattr(environment, "memory_limit_bytes", lambda: limit)
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < available_memory_bytes() <= min(total, limit or total)


def test_it_can_be_written_as_json(facts):
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


def test_file_systems_are_what_the_kernel_says(tmp_path):
    later = tmp_path / "not" / "made yet"
    paths = [tmp_path, Path("/proc/self"), Path("/dev/shm"), Path("/")]
    found = describe_environment({}, [*paths, later])["filesystems"]
    assert found == {str(path): filesystem(path) for path in paths} | {str(later): filesystem(tmp_path)}


def test_the_file_system_of_a_link_is_that_of_where_it_leads(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("/proc")
    assert describe_environment({}, [link])["filesystems"][str(link)] == filesystem("/proc")


@pytest.mark.skipif(not can_mount(), reason="nothing can be mounted here")
def test_the_upper_of_two_file_systems_mounted_on_one_folder_is_reported(tmp_path):
    place = tmp_path / "a b"
    place.mkdir()
    look = (
        "from pathlib import Path; from rasterbout.measure.environment import describe_environment as d;"
        "print(*d({}, [Path('.').absolute()])['filesystems'].values())"
    )
    mounts = 'mount -t tmpfs under "$0" && mount -t ramfs above "$0" && cd "$0" && exec "$@"'
    assert output_of("unshare", "--mount", "sh", "-c", mounts, str(place), sys.executable, "-c", look) == "ramfs above"


def test_libraries_have_the_version_that_is_imported(facts):
    assert facts["libraries"]["numpy"] == np.__version__
    assert facts["libraries"]["rasterbout"] == importlib.metadata.version("rasterbout")


@pytest.fixture
def installed_later(tmp_path, monkeypatch):
    """Installs libraries where Python looks last."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])

    def install(name, metadata):
        (tmp_path / f"{name}.dist-info").mkdir()
        if metadata:
            (tmp_path / f"{name}.dist-info/METADATA").write_text(f"Metadata-Version: 2.1\n{metadata}\n")
        importlib.invalidate_caches()

    return install


def test_a_library_that_another_version_hides_is_not_listed(installed_later):
    installed_later("numpy-99.0", "Name: numpy\nVersion: 99.0")
    assert describe_environment({}, [])["libraries"]["numpy"] == np.__version__


@pytest.mark.parametrize("metadata", ["", "Version: 1.0"], ids=["no metadata", "no name"])
def test_a_broken_installation_of_another_library_does_no_harm(installed_later, metadata):
    installed_later("broken-1.0", metadata)
    assert describe_environment({}, [])["libraries"]["numpy"] == np.__version__


def in_this_repository():
    here = Path(rasterbout.__file__).resolve().is_relative_to(REPOSITORY)
    return here and (REPOSITORY / ".git").exists()


@pytest.mark.skipif(not in_this_repository(), reason="the package is installed without its repository")
def test_the_commit_is_that_of_the_repository(facts):
    head = output_of("git", "-C", str(REPOSITORY), "rev-parse", "HEAD")
    assert facts["git_commit"] in {head, f"{head} and changes"}


def test_without_git_there_is_no_commit(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert describe_environment({}, [])["git_commit"] is None
