"""Stacks of a real process, sampled by py-spy."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from rasterbout.errors import RasterboutError
from rasterbout.measure.sampler import Sampler, py_spy

SPIN = """
def spin():
    while True:
        pass

print("spinning", flush=True)
spin()
"""


@pytest.fixture
def spinning():
    """A process that does nothing but spin, from the moment it is returned."""
    process = subprocess.Popen([sys.executable, "-c", SPIN], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


def test_the_function_that_spins_has_the_samples(spinning, tmp_path):
    sampler = Sampler(tmp_path / "flames" / "a.txt", os.sched_getaffinity(0))
    sampler.begin(spinning.pid)
    time.sleep(2)
    sampler.end()
    assert sampler.problem == ""
    lines = (tmp_path / "flames" / "a.txt").read_text(encoding="utf-8").splitlines()
    assert sum(int(line.rpartition(" ")[2]) for line in lines if "spin (" in line) > 10


def test_a_process_that_has_ended_gives_a_problem_and_no_file(spinning, tmp_path):
    spinning.kill()
    spinning.wait()
    sampler = Sampler(tmp_path / "a.txt", os.sched_getaffinity(0))
    sampler.begin(spinning.pid)
    time.sleep(1)
    sampler.end()
    assert sampler.problem.startswith("py-spy: ")
    assert not (tmp_path / "a.txt").exists()


def test_without_a_path_nothing_is_sampled(spinning):
    sampler = Sampler(None, os.sched_getaffinity(0))
    sampler.begin(spinning.pid)
    sampler.end()
    assert sampler.problem == ""


def test_without_py_spy_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *args, **how: None)
    with pytest.raises(RasterboutError, match=r"pip install 'rasterbout\[flames\]'"):
        py_spy()
