"""Rounds on the nodes of a real SLURM, through the command line."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from cluster.conftest import tool
from command_line import rasterbout, refusal
from rasterbout.record import latest
from rasterbout.record_file import RecordFile

pytestmark = pytest.mark.usefixtures("slurm")

CASES = ("run", "--preset", "smoke", "--dataset", "s2-tile", "--size", "256", "--operations", "ndvi,downscale",
         "--backends", "rasterio-windows", "--chunks", "256", "--workers", "1")  # fmt: skip
ON = (*CASES, "--out", "run", "--on", "slurm", "--nodes", "2")


def records_in(folder):
    return RecordFile(folder / "run/records.jsonl").read()


def started(folder, *words):
    """Start a run, and return it once a record is there."""
    run = subprocess.Popen(
        [sys.executable, "-m", "rasterbout", *ON, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (folder / "run/records.jsonl").exists() or not records_in(folder):
        assert run.poll() is None, run.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return run


def job_of(node):
    """Return the job that runs on a node."""
    listed = ["squeue", "--noheader", "--nodelist", node, "--states", "running", "--format", "%i"]
    return subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()[0]


def jobs():
    return subprocess.run(["squeue", "--noheader"], capture_output=True, text=True, check=True).stdout


def test_two_nodes_give_the_records_of_one_machine(tmp_path):
    words = ("--backends", "rasterio-windows,numba-fused", "--rounds", "4")
    done = rasterbout(*ON, *words, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert rasterbout(*CASES, *words, "--out", "here", cwd=tmp_path).returncode == 0
    here = RecordFile(tmp_path / "here/records.jsonl").read()
    there = records_in(tmp_path)
    assert {(one.cell, one.status) for one in there} == {(one.cell, one.status) for one in here}
    hosts = {number: {one.host for one in there if one.round == number} for number in range(1, 5)}
    assert all(len(found) == 1 for found in hosts.values())
    assert set.union(*hosts.values()) == {"n1", "n2"}
    assert all(one.floor_s for one in there)
    assert jobs() == ""
    environments = [json.loads(path.read_text()) for path in (tmp_path / "run").glob("environment.job-*_*-0.json")]
    assert len(environments) == 4
    assert {one["host"] for one in environments} == {one["job"]["node"] for one in environments} == {"n1", "n2"}
    assert rasterbout("report", "run", cwd=tmp_path).returncode == 0
    assert "4 of 4 cases" in rasterbout("compare", "here", "run", cwd=tmp_path).stdout


def test_a_host_that_dies_is_named_and_its_round_measured_elsewhere(tmp_path):
    run = started(tmp_path, "--rounds", "2", "--repeats", "300")
    node = records_in(tmp_path)[0].host
    job = job_of(node)
    tool("kill", node)
    try:
        printed, _ = run.communicate(timeout=250)
    finally:
        tool("boot", node)
    assert run.returncode == 0, printed
    failed = [one for one in records_in(tmp_path) if not one.host]
    assert {one.status for one in failed} == {"crashed"}
    assert {one.reason.partition(" (")[0] for one in failed} == {f"job {job} on {node}: NODE_FAIL"}
    assert {one.status for one in latest(records_in(tmp_path))} == {"ok"}


def test_a_cancelled_job_is_named_and_its_round_measured_again(tmp_path):
    run = started(tmp_path, "--rounds", "2", "--repeats", "300")
    node = records_in(tmp_path)[0].host
    job = job_of(node)
    subprocess.run(["scancel", job], check=True)
    printed, _ = run.communicate(timeout=250)
    assert run.returncode == 0, printed
    assert f"job {job} on {node}: CANCELLED" in {one.reason.partition(" (")[0] for one in records_in(tmp_path)}
    assert {one.status for one in latest(records_in(tmp_path))} == {"ok"}


def test_a_job_out_of_memory_is_named_and_a_larger_one_completes_the_run(tmp_path):
    (tmp_path / "site.toml").write_text("mem = 60\n")
    done = rasterbout(*ON, "--cluster", "site.toml", "--rounds", "1", "--memory-limit", "2GB", cwd=tmp_path)
    assert done.returncode == 1
    assert {one.status for one in latest(records_in(tmp_path))} == {"memory"}
    assert all(": OUT_OF_MEMORY (" in one.reason for one in latest(records_in(tmp_path)))
    assert rasterbout(*ON, "--rounds", "1", "--resume", cwd=tmp_path).returncode == 0
    assert {one.status for one in latest(records_in(tmp_path))} == {"ok"}


@pytest.mark.full  # SLURM's shortest limit is a minute, and the round is tried twice
def test_a_job_out_of_time_is_named_and_a_longer_one_completes_the_run(tmp_path):
    (tmp_path / "site.toml").write_text("time = 1\n")
    words = ("--rounds", "1", "--timeout", "300")
    done = rasterbout(*ON, *words, "--cluster", "site.toml", "--repeats", "20000", cwd=tmp_path)
    assert done.returncode == 1
    assert {one.status for one in latest(records_in(tmp_path))} == {"timeout"}
    assert all(": TIMEOUT" in one.reason for one in latest(records_in(tmp_path)))
    assert rasterbout(*ON, *words, "--resume", cwd=tmp_path).returncode == 0
    assert {one.status for one in latest(records_in(tmp_path))} == {"ok"}


def test_ctrl_c_cancels_the_jobs_and_resume_completes(tmp_path):
    run = started(tmp_path, "--rounds", "2", "--repeats", "300")
    os.kill(run.pid, signal.SIGINT)
    printed, _ = run.communicate(timeout=60)
    assert run.returncode == 130, printed
    assert "Traceback" not in printed
    deadline = time.monotonic() + 30
    while jobs():
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert rasterbout(*ON, "--rounds", "2", "--repeats", "1", "--resume", cwd=tmp_path).returncode == 0
    assert {one.status for one in latest(records_in(tmp_path))} == {"ok"}


def test_what_slurm_refuses_ends_in_one_line(tmp_path):
    (tmp_path / "site.toml").write_text('partition = "nowhere"\n')
    done = rasterbout(*ON, "--cluster", "site.toml", "--rounds", "1", cwd=tmp_path)
    assert "Invalid partition name" in refusal(done, (1,))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--budget", "1m"), "a race"),
        (("--flames",), "--flames samples on this machine"),
        (("--cluster", "none.toml"), "none.toml: No such file"),
    ],
)
def test_options_that_do_not_fit(tmp_path, words, why):
    assert why in refusal(rasterbout(*ON, *words, cwd=tmp_path))
