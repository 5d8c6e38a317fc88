"""What a report is made of: runs, and results of asv as asv itself writes them."""

import json
import math
from dataclasses import replace

import pytest
from asv.results import Results
from asv.runner import BenchmarkResult

from rasterbout.errors import BadInput
from rasterbout.record_file import RecordFile
from rasterbout.reports.statistics.runs import load_runs
from test_records import RECORD

PARAMS = [["'rasterio-windows'", "'otb-cli'", "'dask-coarsen'"], ["512", "'auto'"], ["2"], ["1024"]]


@pytest.fixture
def run_folder(tmp_path):
    folder = tmp_path / "a run"
    folder.mkdir()
    RecordFile(folder / "records.jsonl").append(RECORD)
    return folder


def result(values, samples=None):
    samples = samples or [None] * len(values)
    number = [sampled and 1 for sampled in samples]
    return BenchmarkResult(result=values, samples=samples, number=number, errcode=0, stderr="", profile=None)


@pytest.fixture
def asv_folder(tmp_path):
    """Results of one commit: times, peaks and errors, one case that failed and two that are n/a."""
    folder = tmp_path / "results"
    (folder / "here").mkdir(parents=True)
    (folder / "here/machine.json").write_text('{"machine": "here", "version": 1}')
    (folder / "benchmarks.json").write_text("{}")
    (folder / "unavailable.txt").write_text("vm: otb-cli: ndvi: no otbcli_BandMath on PATH: really\n")
    results = Results(
        {"machine": "here", "cpu": "fast"}, {}, "0123456789abcdef", 1_700_000_000_000, "3.11", "virtualenv-py3.11", {}
    )
    nan = math.nan
    for measure, values, samples in (
        ("Time.time_operation", [0.5, 0.25, nan, nan, None, 1.0], [[0.4, 0.5, 0.6], None, None, None, None, None]),
        ("Track.track_peak_memory", [1e8, 2e8, nan, nan, None, 3e8], None),
        ("Track.track_energy", [2.5, nan, nan, nan, None, nan], None),
    ):
        benchmark = {"name": f"ndvi.{measure}", "version": "1", "params": PARAMS}
        results.add_result(benchmark, result(values, samples), record_samples=True)
    results.save(str(folder))
    return folder


def test_a_run_has_the_name_of_its_folder_and_its_environment(run_folder):
    (run_folder / "environment.json").write_text('{"host": "vm"}')
    (run,) = load_runs([run_folder])
    assert (run.name, run.records, run.environment) == ("a run", [RECORD], {"host": "vm"})


def test_a_run_without_an_environment_is_a_run(run_folder):
    (run,) = load_runs([run_folder])
    assert run.environment == {}


def test_runs_of_one_name_get_distinct_names(run_folder):
    assert [run.name for run in load_runs([run_folder, run_folder])] == ["a run", "a run (2)"]


def test_results_of_asv_are_records(asv_folder):
    (run,) = load_runs([asv_folder])
    assert run.name == "here 01234567 virtualenv-py3.11"
    fast, auto, missing, _, failed, slow = run.records
    assert fast == replace(
        RECORD, size=1024, chunk=512, wall_s=[0.4, 0.5, 0.6], peak_bytes=100_000_000, energy_j=[2.5], max_error=None,
        tolerance=None,
        cache="unknown", versions={"cpu": "fast"}, started_at=fast.started_at,
    )  # fmt: skip
    assert (auto.chunk, auto.wall_s, auto.energy_j) == ("auto", [0.25], [])
    assert isinstance(fast.peak_bytes, int)
    assert (missing.backend, missing.status) == ("otb-cli", "unavailable")
    assert missing.reason == "no otbcli_BandMath on PATH: really"
    assert (failed.status, failed.wall_s, failed.peak_bytes) == ("crashed", [], None)
    assert "--show-stderr" in failed.reason
    assert (slow.wall_s, slow.peak_bytes) == ([1.0], 300_000_000)


def test_results_with_other_parameters_are_refused(asv_folder):
    (file,) = (file for file in (asv_folder / "here").iterdir() if file.name != "machine.json")
    stored = json.loads(file.read_text())
    for columns in stored["results"].values():
        columns[1] = PARAMS[:3]
    file.write_text(json.dumps(stored))
    with pytest.raises(BadInput, match="measure it again"):
        load_runs([asv_folder])


@pytest.mark.parametrize("content", [None, "{"])
def test_a_folder_that_is_no_run_is_refused(tmp_path, run_folder, content):
    folder = tmp_path
    if content is not None:
        folder = run_folder
        (folder / "environment.json").write_text(content)
    with pytest.raises(BadInput, match="environment.json: is not valid JSON" if content else "holds neither"):
        load_runs([folder])
