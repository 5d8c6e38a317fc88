"""``rasterbout advise`` as its user calls it."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from command_line import contents, rasterbout, refusal
from rasterbout.record_file import RecordFile
from rasterbout.testing.rasters import integers, write

pytestmark = pytest.mark.slow

OPTIONS = ("--red", "red.tif", "--nir", "nir.tif")
SETTINGS = ("--backends", "rasterio-windows,dask-coarsen", "--chunks", "64,128", "--workers", "1")


@pytest.fixture
def inputs(tmp_path):
    """A folder with a red and a near-infrared band of 300 pixels."""
    for name in ("red", "nir"):
        write(tmp_path / f"{name}.tif", integers(name, "uint16", (300, 300), 1), nodata=0)
    return tmp_path


def test_the_answer_names_a_setting_and_its_records(inputs):
    done = rasterbout("advise", "ndvi", *OPTIONS, *SETTINGS, "--budget", "30s", "--out", "run", cwd=inputs)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    headline = next(line for line in said if line.startswith("ndvi"))
    assert any(words in headline for words in (": use ", "too close to call", "in the only round"))
    assert any("limited by" in line for line in said)
    script = subprocess.run(
        [sys.executable, inputs / "run" / "script.py"], cwd=inputs, capture_output=True, text=True, check=False
    )
    assert script.returncode == 0, script.stderr
    checked = rasterbout("check", "ndvi", *OPTIONS, "--result", "ndvi.tif", cwd=inputs)
    assert checked.returncode == 0, checked.stderr
    records = RecordFile(inputs / "run" / "records.jsonl").read()
    assert {record.backend for record in records} == {"rasterio-windows", "dask-coarsen"}
    assert {record.status for record in records} == {"ok"}
    assert len(records) >= 4
    assert [path.name for path in (inputs / "run").iterdir() if path.name.startswith(".")] == []
    assert rasterbout("report", "run", cwd=inputs).returncode == 0


def test_the_answer_as_json(inputs):
    done = rasterbout("advise", "ndvi", *OPTIONS, *SETTINGS, "--budget", "15s", "--files", "100", "--json", cwd=inputs)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["use"]["backend"] in {"rasterio-windows", "dask-coarsen"}
    assert answer["use"]["chunk"] in {64, 128}
    assert answer["cost"]["files"] == 100
    expected, low, high = answer["cost"]["expected_s"]
    assert low <= expected <= high
    assert expected >= 100 * answer["cost"]["low_s"]
    assert answer["script"]["language"] == "python"
    assert answer["failed"] == answer["not_raced"] == {}
    assert "settings, at most" in done.stderr


def test_a_single_setting_is_measured(inputs):
    done = rasterbout(
        "advise", "ndvi", *OPTIONS, "--backends", "rasterio-windows", "--chunks", "128", "--workers", "1", cwd=inputs
    )
    assert done.returncode == 0, done.stderr
    assert "use rasterio-windows" in done.stdout


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (("--budget", "5x"), "5x"),
        (("--backends", "rasterio-window"), "rasterio-window"),
        (("--nir", "missing.tif"), "missing.tif"),
        (("--confidence", "2"), "2"),
        (("--close-enough", "lots"), "lots"),
        (("--chunks", "0"), "0"),
        (("--nir", "fine.tif"), "fine.tif"),  # on another grid
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(inputs, wrong, named):
    write(inputs / "fine.tif", np.ones((10, 10), "uint16"))
    before = contents(inputs)
    message = refusal(rasterbout("advise", "ndvi", *OPTIONS, *SETTINGS, *wrong, cwd=inputs))
    assert named in message
    assert contents(inputs) == before


def test_a_used_folder_is_refused(inputs):
    (inputs / "run").mkdir()
    (inputs / "run" / "records.jsonl").write_text("")
    assert "run" in refusal(rasterbout("advise", "ndvi", *OPTIONS, *SETTINGS, "--out", "run", cwd=inputs))


def test_ctrl_c_gives_the_answer_so_far(inputs):
    command = [sys.executable, "-m", "rasterbout", "advise", "ndvi", *OPTIONS, *SETTINGS, "--confidence", "0.999999"]
    process = subprocess.Popen(
        [*command, "--out", "run"],
        cwd=inputs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    records = inputs / "run" / "records.jsonl"
    while process.poll() is None and not (records.exists() and len(records.read_text().splitlines()) > 4):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr.strip()) == (130, "rasterbout: interrupted; what was finished is kept")
    assert "\nndvi" in stdout
    assert "limited by" in stdout


def test_an_answer_from_history(inputs, monkeypatch):
    monkeypatch.setenv("RASTERBOUT_HISTORY", str(inputs / "history"))
    ask = ("advise", "ndvi", *OPTIONS, "--from-history")
    assert "nothing like this was measured" in refusal(rasterbout(*ask, cwd=inputs), statuses=(1,))
    rasterbout("advise", "ndvi", *OPTIONS, *SETTINGS, "--budget", "15s", cwd=inputs)
    done = rasterbout(*ask, cwd=inputs)
    assert (done.returncode, done.stderr) == (0, "")
    assert "measured on files like this: uint16, none, " in done.stdout
    assert json.loads(rasterbout(*ask, "--json", cwd=inputs).stdout)["use"]["chunk"] in {64, 128}
