"""Two folders of runs are compared case by case, in whatever two cases differ."""

import random
from dataclasses import asdict, replace
from functools import partial

import pytest

import command_line
from rasterbout.record_file import RecordFile
from test_records import RECORD

ROUNDS = 10
GRID = {"crs": "EPSG:32631", "transform": [10.0, 0.0, 0.0, 0.0, -10.0, 0.0], "width": 64, "height": 64}
VARIED = {
    "layout": ({"layout": "tiled"}, {"layout": "strips"}, "strips"),
    "compression": ({"compress": "none"}, {"compress": "zstd"}, "zstd"),
    "factor": (
        {"operation": "downscale", "factor": 3, "parameters": {"factor": 3}},
        {"operation": "downscale", "factor": 7, "parameters": {"factor": 7}},
        "downscale 7",
    ),
    "bands": (
        {"parameters": {"red_band": 1, "nir_band": 2}},
        {"parameters": {"red_band": 3, "nir_band": 4}},
        "nir band 4, red band 3",
    ),
    "resampling": (
        {"operation": "superimpose", "parameters": {"reference": GRID, "resampling": "cubic"}},
        {"operation": "superimpose", "parameters": {"reference": GRID, "resampling": "nearest"}},
        "superimpose nearest",
    ),
    "reference grid": (
        {"operation": "superimpose", "parameters": {"reference": GRID, "resampling": "cubic"}},
        {"operation": "superimpose", "parameters": {"reference": GRID | {"width": 128}, "resampling": "cubic"}},
        '"width": 128',
    ),
    "cache": ({"cache_asked": "warm"}, {"cache_asked": "cold"}, "cache cold"),
    "inputs": ({"inputs": ["/a.tif"]}, {"inputs": ["/b.tif"]}, "/b.tif"),
}  # fmt: skip


@pytest.fixture
def rasterbout(tmp_path):
    """The command line, called in an empty folder."""
    return partial(command_line.rasterbout, cwd=tmp_path)


@pytest.fixture
def folder(tmp_path):
    """Makes the folder of a run: rounds of cases, each with its changes of a record and its seconds."""

    def make(name, *cases):
        chance = random.Random(name)
        path = tmp_path / name
        path.mkdir()
        for changes, seconds in cases:
            for number in range(1, ROUNDS + 1):
                wall_s = [seconds * chance.uniform(0.99, 1.01)]
                record = replace(RECORD, round=number, wall_s=wall_s, floor_s=0.1)
                RecordFile(path / "records.jsonl").append(replace(record, **changes))
        return path

    return make


@pytest.mark.parametrize(("first", "second", "name"), VARIED.values(), ids=VARIED)
def test_wrong_pixels_of_one_of_two_alike_cases(rasterbout, folder, first, second, name):
    wrong = {"status": "wrong", "wall_s": [], "reason": "7 of 9 pixels are wrong"}
    base = folder("base", (first, 1.0), (second, 1.0))
    for number, (one, other) in enumerate(((first, second | wrong), (first | wrong, second))):
        done = rasterbout("compare", base, folder(f"head{number}", (one, 1.0), (other, 1.0)))
        assert done.returncode == 5, done.stdout
        assert "wrong pixels; 1 of 2 cases measured" in done.stdout


@pytest.mark.parametrize(("first", "second", "name"), VARIED.values(), ids=VARIED)
def test_a_slowdown_of_one_of_two_alike_cases_is_named(rasterbout, folder, first, second, name):
    base = folder("base", (first, 1.0), (second, 1.0))
    for number, seconds in enumerate(((1.0, 2.0), (2.0, 1.0))):
        done = rasterbout("compare", base, folder(f"head{number}", (first, seconds[0]), (second, seconds[1])))
        assert done.returncode == 1, done.stdout
        slower = [line for line in done.stdout.splitlines() if ": slower: 2" in line or ": slower: 1.9" in line]
        assert len(slower) == 1
        assert (name in slower[0]) == (seconds[1] == 2.0)


def old(record):
    """Return a record as version 1 wrote it."""
    newer = ("schema", "host", "parameters", "energy_j", "floor_energy_j")
    return {name: value for name, value in asdict(record).items() if name not in newer}


def test_a_run_of_version_1_is_compared_with_a_new_one_by_what_both_know(rasterbout, folder, tmp_path, monkeypatch):
    parameters = {"reference": GRID, "resampling": "cubic"}
    cubic = {"operation": "superimpose", "resampling": "cubic", "parameters": parameters}
    monkeypatch.setattr("rasterbout.record_file.asdict", old)
    base = folder("base", (cubic, 1.0), ({}, 1.0))
    monkeypatch.undo()
    head = folder("head", (cubic, 2.0), ({"parameters": {"red_band": 3, "nir_band": 4}}, 1.0))
    done = rasterbout("compare", base, head)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "a regression; 2 of 2 cases measured" in done.stdout


def test_cases_that_older_records_cannot_distinguish_are_refused(rasterbout, folder, monkeypatch):
    monkeypatch.setattr("rasterbout.record_file.asdict", old)
    base = folder("base", ({}, 1.0))
    monkeypatch.undo()
    bands = ({"parameters": {"red_band": red, "nir_band": red + 1}} for red in (1, 3))
    done = rasterbout("compare", base, folder("head", *((one, 1.0) for one in bands)))
    assert done.returncode == 2
    assert "measure both runs with one version of rasterbout" in done.stderr
