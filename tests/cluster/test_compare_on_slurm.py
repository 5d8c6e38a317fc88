"""Pairs of two revisions on the nodes of a real SLURM, through the command line."""

import json
import os
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

from command_line import rasterbout, refusal
from rasterbout.cache_folder import cache_root
from rasterbout.gate.pairs import SIDES

pytestmark = pytest.mark.usefixtures("slurm")

ROOT = Path(__file__).parents[2]
BACKENDS = ("rasterio-windows", "numba-fused")
SLOWED = """

import time as _time  # noqa: E402

_fast = RasterioSession.ndvi


def _slow(self, *arguments):
    started_s = _time.perf_counter()
    _fast(self, *arguments)
    _time.sleep(_time.perf_counter() - started_s)


RasterioSession.ndvi = _slow
"""
"""Twice the time of the fast one, whatever that is."""

CASES = ("--dataset", "s2-tile", "--size", "256", "--operations", "ndvi", "--backends", ",".join(BACKENDS),
         "--chunks", "256", "--workers", "1")  # fmt: skip
ON = (*CASES, "--on", "slurm", "--nodes", "2")


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone whose last commit slows a backend down; both revisions are installed, from the libraries of this Python.

    So that the test needs no network; what installs them otherwise is tested in the suite of asv.
    """
    folder = tmp_path_factory.mktemp("clone")
    git(folder, "clone", "--quiet", str(ROOT), ".")
    with (folder / "backends/_rasterio/session.py").open("a") as source:
        source.write(SLOWED)
    git(folder, "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet", "--all", "-m", "slower")
    for kept in ("datasets", "numba"):  # what need not be made and compiled again
        (cache_root() / kept).mkdir(parents=True, exist_ok=True)
        (folder.parent / "cache").mkdir(exist_ok=True)
        (folder.parent / "cache" / kept).symlink_to(cache_root() / kept)
    for revision in ("HEAD~1", "HEAD"):
        install(folder, git(folder, "rev-parse", revision).strip(), folder.parent / "cache")
    return folder


@pytest.fixture
def cache(clone, monkeypatch):
    """The cache folder with both revisions."""
    monkeypatch.setenv("RASTERBOUT_CACHE", str(clone.parent / "cache"))
    monkeypatch.delenv("PYTHONPATH", raising=False)  # it would come before the libraries of both


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def install(clone, commit, cache):
    folder = cache / f"revisions/{commit}-python{sys.version_info.major}.{sys.version_info.minor}"
    git(clone, "worktree", "add", "--quiet", "--detach", str(folder / "source"), commit)
    venv.create(folder / "venv", symlinks=True)
    (libraries,) = (folder / "venv").glob("lib/python*/site-packages")
    mine = [path for path in sys.path if path.endswith("-packages")]
    (libraries / "here.pth").write_text("\n".join([str(folder / "source/src"), *mine]))
    (folder / "ready").touch()


def pairs_in(clone):
    """Return the lines of the pairs of the only comparison in ``clone``."""
    (folder,) = (clone / "runs").glob("*-compare")
    return [json.loads(line) for path in folder.glob("pairs.*.jsonl") for line in path.read_text().splitlines()]


@pytest.fixture
def place(clone, cache):
    """The clone, without comparisons of other tests."""
    subprocess.run(["rm", "-rf", clone / "runs"], check=True)
    return clone


def test_pairs_of_one_revision_come_from_both_nodes_and_show_no_regression(place):
    done = rasterbout("compare", "HEAD~1", "HEAD~1", *ON, "--pairs", "6", cwd=place)
    assert done.returncode in {0, 3}, done.stdout + done.stderr
    assert "2 of 2 cases measured" in done.stdout
    lines = pairs_in(place)
    assert len(lines) == 6 * len(BACKENDS)
    hosts = {number: {line["host"] for line in lines if line["pair"] == number} for number in range(1, 7)}
    assert all(len(found) == 1 for found in hosts.values())
    assert set.union(*hosts.values()) == {"n1", "n2"}
    assert all(len(line[f"{side}_s"]) == 1 for line in lines for side in SIDES)
    assert jobs() == ""


def test_a_slower_revision_is_found_and_only_the_backend_that_is_slower(place):
    done = rasterbout("compare", "HEAD~1", "HEAD", *ON, "--size", "1024", "--pairs", "8", "--json", cwd=place)
    assert done.returncode == 1, done.stdout + done.stderr
    found = {verdict["name"].split()[1]: verdict for verdict in json.loads(done.stdout)["verdicts"]}
    assert found["rasterio-windows"]["finding"] == "slower"
    assert found["rasterio-windows"]["pairs"] == 8
    assert found["rasterio-windows"]["ratio"] == pytest.approx(2.0, rel=0.15)
    assert found["numba-fused"]["finding"] != "slower"


def test_a_cancelled_job_is_named_and_its_pair_measured_again(place):
    with started(place, "--pairs", "2", "--repeats", "30") as run:
        job, node = await_job()
        subprocess.run(["scancel", job], check=True)
        printed, _ = run.communicate(timeout=200)
    assert f": job {job} on {node}: CANCELLED" in printed
    assert "are measured again" in printed
    assert "2 of 2 cases measured" in printed
    assert {(line["pair"], line["name"]) for line in pairs_in(place)} == {
        (number, line["name"]) for number in (1, 2) for line in pairs_in(place)
    }
    assert run.returncode == 3  # two pairs show nothing


def test_ctrl_c_cancels_the_jobs(place):
    with started(place, "--pairs", "4", "--repeats", "30") as run:
        await_job()
        os.kill(run.pid, signal.SIGINT)
        printed, _ = run.communicate(timeout=60)
    assert run.returncode == 130, printed
    assert "Traceback" not in printed
    deadline = time.monotonic() + 30
    while jobs():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_what_slurm_refuses_is_no_regression(place, tmp_path):
    (tmp_path / "site.toml").write_text('partition = "nowhere"\n')
    site = ("--cluster", tmp_path / "site.toml")
    done = rasterbout("compare", "HEAD~1", "HEAD~1", *ON, *site, "--pairs", "2", cwd=place)
    assert "Invalid partition name" in refusal(done, (4,))


def started(folder, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "rasterbout", "compare", "HEAD~1", "HEAD~1", *ON, *words], cwd=folder,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def await_job():
    """Return number and node of a job that runs."""
    deadline = time.monotonic() + 60
    while True:
        listed = ["squeue", "--noheader", "--states", "running", "--format", "%i %N"]
        found = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
        if found:
            time.sleep(3)  # until it is in the middle
            return found[0], found[1]
        assert time.monotonic() < deadline
        time.sleep(0.2)


def jobs():
    return subprocess.run(["squeue", "--noheader"], capture_output=True, text=True, check=True).stdout
