"""How many cores a process may use, and which of them a case gets."""

import os
import subprocess
import sys

import pytest

from rasterbout.measure import cores
from rasterbout.measure.cores import available_cores, choose_cores

ALONE = """
import os
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
from rasterbout.measure.cores import available_cores, choose_cores
print(available_cores(), *choose_cores(4))
"""
TWINS = {number: [number, number + 4] for number in range(4)} | {number: [number - 4, number] for number in range(4, 8)}
NEIGHBOURS = {number: [number // 2 * 2, number // 2 * 2 + 1] for number in range(8)}
FOURS = {number: [*range(number // 4 * 4, number // 4 * 4 + 4)] for number in range(8)}


@pytest.fixture
def machine(monkeypatch):
    """Makes this process believe in another machine."""

    def pretend(siblings, allowed=range(8), quota=None):
        monkeypatch.setattr(cores, "_siblings", siblings.get)
        monkeypatch.setattr(cores, "cpu_quota", lambda *_: quota)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(allowed))

    return pretend


def test_a_process_on_one_core_has_one():
    printed = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True).stdout.split()
    assert printed == ["1", str(max(os.sched_getaffinity(0)))]


@pytest.mark.parametrize(("quota", "worth"), [(None, 8), (1.5, 1), (0.25, 1), (2.0, 2), (3.99, 3), (64.0, 8)])
def test_a_part_of_a_core_is_none_but_one_there_is_always(machine, quota, worth):
    machine(TWINS, quota=quota)
    assert available_cores() == worth


@pytest.mark.parametrize("asked", [1, 2, 3, 1000])
def test_a_case_gets_no_more_than_it_asked_for_nor_than_there_are(asked):
    chosen = choose_cores(asked)
    assert len(chosen) == len(set(chosen)) == min(asked, available_cores())
    assert set(chosen) <= os.sched_getaffinity(0)


def test_a_case_gets_no_more_than_the_quota(machine):
    machine(TWINS, quota=2.5)
    assert len(choose_cores(8)) == 2


def test_a_case_gets_the_same_cores_each_time():
    count = "from rasterbout.measure.cores import choose_cores; print(*choose_cores(1))"
    command = [sys.executable, "-c", count]
    printed = {subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)}
    assert printed == {f"{choose_cores(1)[0]}\n"}


@pytest.mark.parametrize(
    ("siblings", "allowed", "physical"),
    [
        (TWINS, range(8), 4),
        (NEIGHBOURS, range(8), 4),
        (FOURS, range(8), 2),
        (NEIGHBOURS, {1, 3, 5, 7}, 4),
        (NEIGHBOURS, {0, 1, 3}, 2),
        (TWINS, {0, 4, 5}, 2),
        (FOURS, {1, 2, 7}, 2),
    ],
)
def test_cores_that_share_nothing_come_first(machine, siblings, allowed, physical):
    machine(siblings, allowed)
    for count in range(1, len(set(allowed)) + 1):
        chosen = choose_cores(count)
        assert len(chosen) == count
        assert set(chosen) <= set(allowed)
        assert len({tuple(siblings[core]) for core in chosen}) == min(count, physical), chosen


def test_more_cores_hold_those_that_fewer_are(machine):
    machine(NEIGHBOURS)
    for count in range(1, 8):
        assert set(choose_cores(count)) < set(choose_cores(count + 1))
