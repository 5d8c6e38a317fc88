"""Dask's backends on the workers of a scheduler, on two hosts with their own network and processes."""

import re
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import cloudpickle
import pytest

from cluster.conftest import TOOL, tool
from command_line import rasterbout, refusal
from rasterbout.backends._dask.remote import remote_cluster
from rasterbout.measure.elsewhere import Elsewhere
from rasterbout.record_file import RecordFile
from rasterbout.resources import Resources

ADDRESS = "tcp://10.77.0.1:18786"
HOSTS = ("n1", "n2")
MB = 1_000_000
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests
CASES = ("run", "--dataset", "s2-tile", "--size", "512", "--chunks", "256", "--rounds", "1", "--repeats", "2",
         "--scheduler", ADDRESS, "--out", "run")  # fmt: skip


@contextmanager
def running(*words):
    """A program that runs until the test ends."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield process
        process.kill()


@pytest.fixture
def scheduler(_cluster, tmp_path):
    """A scheduler on this machine, and a worker on each host; rasterbout is not on their path."""
    dask = [sys.executable, "-P", "-m", "distributed.cli.dask_scheduler"]
    with ExitStack() as stack:
        words = [*dask, "--host", "10.77.0.1", "--port", "18786", "--no-dashboard"]
        started = [stack.enter_context(running(*words))]
        for host in HOSTS:
            words = [sys.executable, "-P", "-m", "distributed.cli.dask_worker", ADDRESS, "--no-dashboard"]
            local = ["--nthreads", "1", "--local-directory", str(tmp_path / host)]
            started.append(stack.enter_context(running(str(TOOL), "on", host, *words, *local)))
        yield started


def records_in(folder):
    return RecordFile(folder / "run/records.jsonl").read()


def allocate_and_compute():
    """Hold 300 MB, compute for two seconds of CPU time, and return the CPU time of the process meanwhile."""
    began_s = time.process_time()
    held = bytearray(b"1") * (300 * MB)
    while time.process_time() < began_s + 2.0:
        pass
    del held
    return time.process_time() - began_s


def test_all_operations_are_right_with_workers_on_two_hosts(scheduler, tmp_path):
    done = rasterbout(*CASES, "--backends", "dask-map-blocks,dask-coarsen,rasterio-windows", "--workers", "1,2",
                      cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    records = records_in(tmp_path)
    elsewhere = [one for one in records if one.scheduler]
    assert {(one.backend, one.operation, one.workers, one.status) for one in elsewhere} == {
        (backend, operation, workers, "ok")
        for backend in ("dask-map-blocks", "dask-coarsen")
        for operation in ("ndvi", "downscale", "mean_ndvi", "superimpose")
        for workers in (1, 2)
    }
    assert {tuple(sorted(one.hosts)) for one in elsewhere if one.workers == 2} == {HOSTS}
    assert all(len(one.hosts) == 1 for one in elsewhere if one.workers == 1)
    assert all(set(one.host_floors_s) == set(one.hosts) for one in elsewhere)
    assert all(one.floor_s >= max(one.host_floors_s.values()) for one in elsewhere)  # the slowest share counts
    assert all(one.cpu_s and one.written_bytes > one.pixels for one in elsewhere if one.operation == "ndvi")
    assert not any(one.hosts or one.scheduler for one in records if one.backend == "rasterio-windows")
    assert f"{ADDRESS}: workers on n1, n2" in done.stdout
    assert all(process.poll() is None for process in scheduler)  # what others have started still runs


def file_of_rasterbout():
    import rasterbout  # noqa: PLC0415

    return rasterbout.__file__


@pytest.mark.usefixtures("scheduler")
def test_workers_run_the_code_of_this_process_even_if_another_is_installed_there():
    with remote_cluster(Resources(workers=2, scheduler=ADDRESS)) as cluster:
        found = cluster.client.run(file_of_rasterbout)
    assert len(found) == 2
    assert all(re.search(r"rasterbout-\w{16}\.zip/rasterbout/__init__\.py$", one) for one in found.values())


@pytest.mark.usefixtures("scheduler")
def test_memory_and_cpu_time_on_the_other_host():
    with remote_cluster(Resources(workers=2, scheduler=ADDRESS)) as cluster:
        elsewhere = Elsewhere(cluster.hosts)
        elsewhere.begin()
        (computed_s,) = cluster.client.run(allocate_and_compute, workers=cluster.workers[1:]).values()
        found = elsewhere.end()
        elsewhere.close()
    idle, busy = sorted(found.values(), key=lambda one: one["cpu_s"])
    assert set(found) == set(HOSTS)
    assert busy["peak_bytes"] - busy["timeline"][0]["memory_bytes"] == pytest.approx(300 * MB, rel=0.05)
    assert busy["cpu_s"] == pytest.approx(computed_s, rel=0.02)
    assert idle["cpu_s"] < 0.3


@pytest.mark.usefixtures("scheduler")
def test_a_host_that_is_cut_off_ends_the_case_within_its_time_and_the_next_runs(tmp_path):
    words = (*CASES, "--backends", "dask-map-blocks", "--operations", "ndvi", "--timeout", "30", "--workers")
    run = subprocess.Popen(
        [sys.executable, "-m", "rasterbout", *words, "2", "--repeats", "100000"], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    for line in run.stdout:
        if "workers on n1, n2" in line:  # the trial is over
            break
    time.sleep(8)  # the repeats have begun
    tool("unplug", "n2")
    try:
        printed, _ = run.communicate(timeout=100)
        (record,) = records_in(tmp_path)
        assert (record.status, record.workers) == ("timeout", 2), printed
        again = rasterbout(*words, "1", "--resume", cwd=tmp_path)
    finally:
        tool("plug", "n2")
    assert [(one.status, one.hosts) for one in records_in(tmp_path)][1:] == [("ok", ["n1"])], again.stderr


@pytest.mark.usefixtures("_cluster")
def test_an_address_without_a_scheduler_is_refused_before_anything_is_measured(tmp_path):
    said = refusal(rasterbout(*CASES, "--backends", "dask-coarsen", cwd=tmp_path))
    assert "no dask scheduler answers there" in said
    assert not (tmp_path / "run/records.jsonl").exists()


@pytest.mark.usefixtures("scheduler")
def test_files_that_the_workers_do_not_see_are_refused(tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    for host in HOSTS:
        tool("on", host, "mount", "-t", "tmpfs", "tmpfs", str(hidden))
    words = (*CASES[:-1], str(hidden), "--backends", "dask-coarsen", "--workers", "2")
    said = refusal(rasterbout(*words, cwd=tmp_path))
    assert f"does not see {hidden}" in said


SITE = """
jobqueue:
  slurm:
    cores: 1
    memory: 2GB
    job-cpu: 1
    scheduler-options:
      host: 10.77.0.1
      dashboard_address: null
    python: "{python} -P"
    local-directory: {folder}
    log-directory: {folder}/log
    {more}
"""


@pytest.fixture
def site(slurm, tmp_path):
    """A function that writes a file of dask-jobqueue's configuration, with one more line."""

    def write(more=""):
        file = tmp_path / "site.yaml"
        file.write_text(SITE.format(python=sys.executable, folder=tmp_path, more=more))
        return str(file)

    return write


def with_cluster(site, *words):
    own = [one for one in CASES if one not in ("--scheduler", ADDRESS)]
    return (*own, "--backends", "dask-map-blocks", "--operations", "ndvi", "--cluster", site, *words)


def test_workers_in_jobs_by_dask_jobqueue(site, tmp_path):
    done = rasterbout(*with_cluster(site(), "--workers", "1,2"), cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    records = records_in(tmp_path)
    assert sorted((one.workers, one.status) for one in records) == [(1, "ok"), (2, "ok")]
    assert all(set(one.hosts) <= set(HOSTS) for one in records)
    queue = subprocess.run(["squeue", "--noheader"], capture_output=True, text=True, check=True)
    assert "dask-worker" not in queue.stdout or " CG " in queue.stdout  # the jobs have ended, or are completing


def test_jobs_that_slurm_refuses_end_the_run_in_one_line(site, tmp_path):
    done = rasterbout(*with_cluster(site("queue: nowhere"), "--workers", "1"), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "SLURMCluster: no workers: " in done.stderr
    assert "Invalid partition" in done.stderr
