"""A whole run inside one job of SLURM."""

import json
import subprocess
import time

import pytest

from command_line import rasterbout
from rasterbout.cluster.slurm import state_of
from rasterbout.record_file import RecordFile

pytestmark = pytest.mark.usefixtures("slurm")

RUN = ("run", "--preset", "smoke", "--dataset", "s2-tile", "--size", "256", "--operations", "ndvi",
       "--backends", "rasterio-windows", "--out")  # fmt: skip


def job_script(folder, *words):
    """Write the script that the template makes, for a node of the test cluster."""
    size = ("--cores", "1", "--memory", "1GiB", "--minutes", "5")
    done = rasterbout("cluster", "template", *size, *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "job.sh").write_text(done.stdout)
    return folder / "job.sh"


def submitted(script, *options):
    """Submit a script, wait for its end, and return its output."""
    done = subprocess.run(
        ["sbatch", "--wait", "--output", "job.out", *options, script],
        cwd=script.parent, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    return done, (script.parent / "job.out").read_text()


def test_a_job_has_its_cores_and_memory_and_its_scratch_folder(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    done, printed = submitted(job_script(tmp_path, *RUN, "run"))
    assert done.returncode == 0, printed
    (record,) = RecordFile(tmp_path / "run/records.jsonl").read()
    assert (record.status, record.host, record.cores) == ("ok", "n1", 1)
    environment = json.loads((tmp_path / "run/environment.json").read_text())
    assert (environment["host"], environment["cores"]) == ("n1", 1)
    assert (environment["job"]["node"], environment["job"]["cores"]) == ("n1", 1)
    assert environment["job"]["memory_bytes"] == 1 << 30
    assert environment["job"]["scratch"] == str(scratch)
    assert str(scratch) in environment["filesystems"]
    assert environment["settings"]["memory_limit"] <= 1 << 30
    assert list(scratch.iterdir()) == []


def test_the_time_limit_ends_in_records_and_the_job_submitted_again_goes_on(tmp_path):
    script = job_script(tmp_path, *RUN, "run", "--rounds", "4")
    text = script.read_text()
    long = text.replace("--preset smoke", "--preset smoke --repeats 2000")
    script.write_text(long.replace("TERM@120", "TERM@55").replace("--time=5", "--time=1"))
    done, printed = submitted(script)
    assert done.returncode != 0
    records = RecordFile(tmp_path / "run/records.jsonl").read()
    assert records[-1].status == "interrupted", printed
    assert "continue with: " in printed
    script.write_text(text)
    done, printed = submitted(script)
    assert done.returncode == 0, printed
    records = RecordFile(tmp_path / "run/records.jsonl").read()
    assert {one.round for one in records if one.status == "ok"} == {1, 2, 3, 4}


def test_a_job_that_is_requeued_goes_on(tmp_path):
    script = job_script(tmp_path, *RUN, "run", "--rounds", "3", "--repeats", "300")
    words = ["sbatch", "--parsable", "--output", "job.out", "--open-mode", "append", script]
    job = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()
    records = RecordFile(tmp_path / "run/records.jsonl")
    until(lambda: records.path.exists() and records.read())
    before = records.read()
    subprocess.run(["scontrol", "requeue", job], check=True)  # as preemption does
    until(lambda: state_of(job).name == "PENDING")
    subprocess.run(["scontrol", "update", f"JobId={job}", "StartTime=now"], check=True)  # SLURM waits for two minutes
    until(lambda: state_of(job).is_final)
    after = records.read()
    assert state_of(job).name == "COMPLETED", (tmp_path / "job.out").read_text()
    assert after[: len(before)] == before
    assert sorted(one.round for one in after if one.status == "ok") == [1, 2, 3]


def until(happened):
    """Wait until ``happened()`` is true."""
    deadline = time.monotonic() + 90
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_template_without_a_folder_says_what_to_name(tmp_path):
    done = rasterbout("cluster", "template", "run", "--preset", "full", cwd=tmp_path)
    assert done.returncode == 2
    assert "name a run and its folder" in done.stderr
