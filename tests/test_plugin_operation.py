"""An operation of another distribution is applied, checked, run, compared, benchmarked and reported."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import rasterio

import command_line
from rasterbout.record_file import RecordFile

PROJECT = Path(__file__).parent / "fixtures/window_max"
ROOT = Path(__file__).parents[1]
BACKENDS = ["max-by-numpy", "max-by-rows"]
ASV = """
import sys
sys.path.insert(0, {root!r})
from asv_runner.discovery import get_benchmark_from_name
{rest}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Where the distribution is installed."""
    folder = tmp_path_factory.mktemp("site")
    project = tmp_path_factory.mktemp("project")
    for file in PROJECT.iterdir():
        (project / file.name).write_text(file.read_text())
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), str(project)]
    subprocess.run(pip, check=True, capture_output=True)
    return folder


@pytest.fixture
def rasterbout(site, tmp_path, monkeypatch):
    """The command line, called in an empty folder where the distribution is installed."""
    monkeypatch.setenv("PYTHONPATH", str(site))
    return partial(command_line.rasterbout, cwd=tmp_path)


@pytest.fixture
def source(tmp_path):
    """A file with nodata, whose edges are no multiple of the factor."""
    pixels = np.random.default_rng(5).integers(-50, 50, (2, 47, 61), dtype="int16")
    pixels[:, :8, :9] = -99
    profile = {"driver": "GTiff", "count": 2, "dtype": "int16", "width": 61, "height": 47, "nodata": -99}
    with rasterio.open(tmp_path / "source.tif", "w", **profile, crs="EPSG:32631") as target:
        target.write(pixels)
    return pixels


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_is_applied_and_checked(rasterbout, source, tmp_path, backend):
    words = ("--source", "source.tif", "--factor", "4", "--plus", "0.5")
    done = rasterbout("apply", "window-max", "--backend", backend, *words, "--out", "out.tif")
    assert done.returncode == 0, done.stderr
    windows = np.where(source == -99, np.nan, source)[:, :44, :60].reshape(2, 11, 4, 15, 4)
    with rasterio.open(tmp_path / "out.tif") as out:
        np.testing.assert_array_equal(out.read(), np.fmax.reduce(np.fmax.reduce(windows, axis=4), axis=2) + 0.5)
    right = rasterbout("check", "window_max", *words, "--result", "out.tif")
    assert (right.returncode, right.stdout[:7]) == (0, "right: "), right.stderr
    wrong = rasterbout("check", "window_max", *words[:-1], "0.75", "--result", "out.tif")
    assert wrong.returncode == 1
    assert "pixels are wrong" in wrong.stderr


def test_a_backend_without_a_method_for_it_declares_so(rasterbout, source):
    words = ("--source", "source.tif", "--factor", "4", "--out", "out.tif")
    done = rasterbout("apply", "window-max", "--backend", "rasterio-windows", *words)
    assert done.returncode == 2
    assert "rasterio-windows cannot do this window_max: it has no method window_max" in done.stderr


@pytest.mark.slow
def test_it_is_run_resumed_compared_and_reported(rasterbout, tmp_path):
    words = ("--preset", "smoke", "--dataset", "s2-tile,ramp", "--operations", "window_max,ndvi")
    backends = ",".join([*BACKENDS, "rasterio-windows"])
    for folder in ("one", "two"):
        done = rasterbout("run", *words, "--backends", backends, "--plus", "2", "--rounds", "2", "--out", folder)
        assert done.returncode == 0, done.stderr
    records = RecordFile(tmp_path / "one/records.jsonl").read()
    by_status = {(record.dataset, record.operation, record.backend): record for record in records}
    for dataset, factor in (("s2-tile", 10), ("ramp", 9)):
        for backend in BACKENDS:
            record = by_status[dataset, "window_max", backend]
            assert (record.status, record.parameters) == ("ok", {"factor": factor, "plus": 2.0}), record.reason
            assert (record.max_error, record.tolerance) == (0.0, 0.0)
        assert by_status[dataset, "window_max", "rasterio-windows"].reason == "it has no method window_max"
    assert by_status["s2-tile", "ndvi", BACKENDS[0]].reason == "it has no method ndvi"
    assert ("ramp", "ndvi", "rasterio-windows") not in by_status

    resumed = rasterbout(
        "run", *words, "--backends", BACKENDS[0], "--plus", "2", "--rounds", "2", "--out", "one", "--resume"
    )
    assert resumed.returncode == 0
    other = rasterbout(
        "run", *words, "--backends", BACKENDS[0], "--plus", "3", "--rounds", "1", "--out", "one", "--resume"
    )
    assert other.returncode == 0
    assert len(RecordFile(tmp_path / "one/records.jsonl").read()) == len(records) + 2

    compared = rasterbout("compare", "one", "two", "--json")
    names = {one["name"] for one in json.loads(compared.stdout)["verdicts"]}
    assert "window_max 10 2.0 max-by-numpy on s2-tile 512, tiled, none, cache warm, chunk 256, workers 1" in names

    assert rasterbout("report", "two", "--format", "html,csv,md").returncode == 0
    for suffix in ("html", "csv", "md"):
        page = (tmp_path / f"two/report.{suffix}").read_text()
        assert "window_max" in page
        assert "max-by-rows" in page


def test_two_revisions_are_compared_by_it(site, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(site))
    words = ("--dataset", "ramp", "--operations", "window_max", "--backends", BACKENDS[0], "--pairs", "2")
    done = command_line.rasterbout("compare", "HEAD", "HEAD", *words, cwd=ROOT)
    assert "1 of 1 cases measured" in done.stdout, done.stdout + done.stderr


def test_asv_benchmarks_it(site, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("RASTERBOUT_SIZE", "96")
    rest = """
names = ["window_max.Time.time_operation", "window_max.Track.track_peak_memory", "window_max.Track.track_max_error"]
for name in names:
    found = get_benchmark_from_name({benchmarks!r}, name)
    number = [params[0] for params in __import__("itertools").product(*found._params)].index("max-by-rows")
    found.set_param_idx(number)
    found.do_setup()
    print(name, found.do_run() if "Time" not in name else found.func(*found._current_params))
    found.do_teardown()
""".format(benchmarks=str(ROOT / "benchmarks"))
    program = ASV.format(root=str(ROOT), rest=rest)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    time, peak, error = done.stdout.splitlines()
    assert time.startswith("window_max.Time.time_operation")
    assert float(peak.split()[1]) > 1e7
    assert float(error.split()[1]) == 0.0


def test_a_broken_operation_is_left_out_with_a_warning(tmp_path, monkeypatch):
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[rasterbout.operations]\nbroken = nowhere:Broken\nndvi = nowhere:Ndvi\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = command_line.rasterbout("apply", "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "operation broken of nowhere:Broken is left out: No module named 'nowhere'" in done.stderr
    assert "operation ndvi of nowhere:Ndvi is left out: the name is already taken" in done.stderr
