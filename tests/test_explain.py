"""``rasterbout explain`` as its user calls it."""

import json
from dataclasses import replace

import pytest

from command_line import rasterbout, refusal
from rasterbout.record_file import RecordFile
from test_records import RECORD

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    """The folder of a run of two cases."""
    records = RecordFile(tmp_path / "run" / "records.jsonl")
    records.path.parent.mkdir()
    for backend in ("numba-fused", "gdal-cli"):
        records.append(replace(RECORD, backend=backend, wall_s=[1.25]))
    return tmp_path


def test_all_cases_or_some(folder):
    done = rasterbout("explain", "run", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "numba-fused" in done.stdout
    assert "gdal-cli" in done.stdout
    assert "too short for phases" in done.stdout
    assert "gdal-cli" not in rasterbout("explain", "run", "NUMBA", cwd=folder).stdout


def test_json(folder):
    (found,) = json.loads(rasterbout("explain", "run", "numba", "--json", cwd=folder).stdout)
    assert found["wall_s"] == 1.25
    assert found["computing_s"] is None


def test_a_name_without_a_case_and_a_folder_without_a_run(folder):
    assert "no case has a name with nimba" in refusal(rasterbout("explain", "run", "nimba", cwd=folder))
    assert "nowhere" in refusal(rasterbout("explain", "nowhere", cwd=folder))


def test_flames_of_a_run_are_sampled_once_and_explained(tmp_path):
    run = ("run", "--preset", "smoke", "--dataset", "s2-tile", "--size", "256", "--operations", "downscale", "--flames",
           "--backends", "rasterio-windows", "--out", "run")  # fmt: skip
    done = rasterbout(*run, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\nsampled: downscale 10 rasterio-windows on s2-tile 256" in done.stdout
    (found,) = json.loads(rasterbout("explain", "run", "--json", cwd=tmp_path).stdout)
    assert any("rasterio" in name for name in found["functions"])
    assert 0 < sum(found["functions"].values()) <= 1
    assert "samples of rasterio-windows" in rasterbout("explain", "run", cwd=tmp_path).stdout
    assert "sampled: " not in rasterbout(*run, "--resume", cwd=tmp_path).stdout
