"""Stopping a run: Ctrl-C, SIGTERM and kill -9 leave whole records, and no process."""

import random
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from plugins import install_faulty
from rasterbout.record_file import RecordFile

pytestmark = pytest.mark.slow

SMALL = ("--preset", "smoke", "--dataset", "s2-tile", "--size", "96", "--operations", "ndvi")
GONE_S = 5


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Starts runs whose processes carry a mark in their environment."""
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    install_faulty(plugins, "hangs", "import subprocess; subprocess.Popen(['sleep', '600']); time.sleep(600)")
    monkeypatch.setenv("PYTHONPATH", str(plugins))
    monkeypatch.setenv("RASTERBOUT_MARK", str(tmp_path))

    def run(backends, *more):
        words = ("run", *SMALL, "--backends", backends, "--out", str(tmp_path / "run"), *more)
        return subprocess.Popen(
            [sys.executable, "-m", "rasterbout", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    return run


def marked(mark):
    """Return the names of the processes that a run has started; one may end while it is looked at."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("RASTERBOUT_MARK") == str(mark) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.name())
    return found


def wait_for(condition):
    while not condition():
        time.sleep(0.02)


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_leaves_a_record_of_what_it_was_doing(start, tmp_path, how, status):
    process = start("hangs")
    wait_for(lambda: "sleep" in marked(tmp_path))
    process.send_signal(how)
    shown, stderr = process.communicate(timeout=60)
    assert process.returncode == status, stderr
    assert marked(tmp_path) == []
    (record,) = RecordFile(tmp_path / "run/records.jsonl").read()
    assert (record.backend, record.status, record.reason) == ("hangs", "interrupted", "the run was stopped")
    assert "--resume" in shown
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["environment.json", "records.jsonl"]


def test_what_was_interrupted_is_measured_when_the_run_is_resumed(start, tmp_path):
    process = start("hangs,rasterio-windows", "--timeout", "2")
    wait_for(lambda: "sleep" in marked(tmp_path))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    resumed = start("hangs,rasterio-windows", "--timeout", "2", "--resume")
    resumed.communicate(timeout=60)
    last = {record.backend: record.status for record in RecordFile(tmp_path / "run/records.jsonl").read()}
    assert last == {"hangs": "timeout", "rasterio-windows": "ok"}


def test_killing_the_run_at_any_moment_breaks_no_record_and_leaves_no_process(start, tmp_path):
    moments = random.Random(5)
    records = RecordFile(tmp_path / "run/records.jsonl")
    finished: set[str] = set()
    for rounds in range(1, 11):
        process = start("rasterio-windows,otb-cli", "--rounds", str(rounds), "--resume")
        if rounds == 1:
            wait_for(records.read)
        time.sleep(moments.uniform(0, 3))
        process.kill()
        shown, _ = process.communicate(timeout=60)
        give_up_at_s = time.monotonic() + GONE_S
        while marked(tmp_path) and time.monotonic() < give_up_at_s:
            time.sleep(0.02)
        assert marked(tmp_path) == []
        records.mend()
        finished |= {line.partition(" ")[0] for line in shown.splitlines() if "pixels right" in line}
        assert len(finished) <= len(records.read())
    assert records.read(), "no process was ever measured"


def test_two_runs_share_a_folder(start, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/records.jsonl").touch()
    runs = [start(backend, "--resume", "--rounds", "3") for backend in ("rasterio-windows", "otb-python")]
    for process in runs:
        _, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, stderr
    assert len(RecordFile(tmp_path / "run/records.jsonl").read()) == 6
    assert not any(path.name.startswith(".outputs") for path in (tmp_path / "run").iterdir())
