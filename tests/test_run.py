"""``rasterbout run`` as its user sees it: records, table, exit status."""

import json
import os
import shlex
import tempfile
from functools import partial

import pytest

import command_line
from rasterbout.record import Record
from rasterbout.record_file import RecordFile

pytestmark = pytest.mark.slow

SMALL = ("--preset", "smoke", "--dataset", "s2-tile", "--size", "96", "--operations", "ndvi")


@pytest.fixture
def rasterbout(tmp_path):
    """The command line, called in an empty folder."""
    return partial(command_line.rasterbout, cwd=tmp_path)


def statuses(folder):
    return {record.backend: record.status for record in RecordFile(folder / "records.jsonl").read()}


def test_a_run_leaves_records_an_environment_and_a_table(rasterbout, tmp_path):
    out = tmp_path / "run"
    done = rasterbout("run", *SMALL, "--backends", "rasterio-windows,dask-coarsen", "--repeats", "2", "--out", out)
    assert done.returncode == 0, done.stderr
    records = RecordFile(out / "records.jsonl").read()
    assert {record.backend for record in records} == {"rasterio-windows", "dask-coarsen"}
    for record in records:
        assert (record.status, len(record.wall_s), record.size) == ("ok", 2, 96)
        assert record.pixels_compared == 96 * 96
        assert record.floor_s > 0
        assert record.versions["rasterio"]
    environment = json.loads((out / "environment.json").read_text())
    assert environment["settings"]["environment_by_threads"]["1"]["GDAL_CACHEMAX"] == "256"
    assert "ndvi on s2-tile 96" in done.stdout
    assert str(out / "records.jsonl") in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["environment.json", "pictures", "records.jsonl"]


def test_a_second_run_into_the_folder_needs_resume_and_adds_only_what_is_missing(rasterbout, tmp_path):
    out = tmp_path / "run"
    once = ("run", *SMALL, "--backends", "rasterio-windows", "--out", out)
    assert rasterbout(*once).returncode == 0
    refused = rasterbout(*once)
    assert refused.returncode == 2
    assert "--resume" in refused.stderr
    before = (out / "records.jsonl").read_text()
    assert rasterbout(*once, "--resume", "--rounds", "2").returncode == 0
    after = (out / "records.jsonl").read_text()
    assert after.startswith(before)
    assert [record.round for record in RecordFile(out / "records.jsonl").read()] == [1, 2]


def test_sizes_and_layouts_are_varied_and_clashes_reported_before_the_run(rasterbout, tmp_path):
    stored = ("--layout", "tiled,strips", "--compress", "none,zstd")
    options = ("--preset", "smoke", "--dataset", "s2-tile", "--operations", "ndvi", "--backends", "rasterio-windows")
    sizes = ("--size", "600,96", "--chunks", "256")
    done = rasterbout("run", *options, *sizes, *stored, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    records = RecordFile(tmp_path / "run/records.jsonl").read()
    assert sorted((one.size, one.layout, one.compress) for one in records) == [
        (size, layout, how) for size in (96, 600) for layout in ("strips", "tiled") for how in ("none", "zstd")
    ]
    warnings = [line for line in done.stdout.splitlines() if "cuts through" in line]
    assert warnings == [
        f"chunk 256 cuts through the blocks of {blocks} pixels of B4.tif, B8.tif, ndvi's result, which are then "
        "read or written more than once; choose a multiple, or auto"
        for blocks in ("512 x 512", "32 x 600")
    ]
    assert done.stdout.index("cuts through") < done.stdout.index("1/8")


def test_more_workers_than_cores_are_measured_only_when_asked_for_and_marked(rasterbout, tmp_path):
    cores = len(os.sched_getaffinity(0))
    out = tmp_path / "run"
    more = ("--workers", str(cores + 1), "--oversubscribe")
    done = rasterbout("run", *SMALL, "--backends", "rasterio-windows", *more, "--out", out)
    assert done.returncode == 0, done.stderr
    (record,) = RecordFile(out / "records.jsonl").read()
    assert (record.workers, record.cores) == (cores + 1, cores)
    assert f"{cores + 1} on {cores} cores" in done.stdout


@pytest.mark.parametrize("cache", ["warm", "cold"])
def test_the_state_of_the_cache_is_recorded(rasterbout, tmp_path, cache):
    out = tmp_path / "run"
    done = rasterbout("run", *SMALL, "--backends", "rasterio-windows", "--cache", cache, "--out", out)
    assert done.returncode == 0, done.stderr
    (record,) = RecordFile(out / "records.jsonl").read()
    assert (record.cache_asked, record.cache) == (cache, cache)
    assert f"cache {cache}" in done.stdout


def test_a_cache_that_cannot_be_cold_is_unknown(rasterbout, tmp_path, monkeypatch):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as in_memory:
        monkeypatch.setenv("RASTERBOUT_CACHE", in_memory)
        monkeypatch.delenv("RASTERBOUT_REQUIRE", raising=False)  # OTB's module is in the usual cache
        out = tmp_path / "run"
        done = rasterbout("run", *SMALL, "--backends", "rasterio-windows", "--cache", "cold", "--out", out)
    assert done.returncode == 0, done.stderr
    (record,) = RecordFile(out / "records.jsonl").read()
    assert (record.status, record.cache_asked, record.cache) == ("ok", "cold", "unknown")
    assert "cache unknown" in done.stdout


def test_json_for_machines_is_one_record_a_line(rasterbout, tmp_path):
    out = tmp_path / "run"
    done = rasterbout("run", *SMALL, "--backends", "rasterio-windows,dask-coarsen", "--json", "--out", out)
    assert done.returncode == 0, done.stderr
    printed = [Record(**json.loads(line)) for line in done.stdout.splitlines()]
    assert printed == RecordFile(out / "records.jsonl").read()


def test_the_last_lines_name_the_records_and_commands_that_work(rasterbout, tmp_path):
    done = rasterbout("run", *SMALL, "--backends", "rasterio-windows")
    end, see = done.stdout.strip().splitlines()[-2:]
    assert "runs/" in end
    assert rasterbout(*shlex.split(see.partition("report: ")[2])[1:]).returncode == 0
    again = shlex.split(end.partition("add rounds with: ")[2].replace(" N", " 2"))
    assert rasterbout(*again[1:]).returncode == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert [record.round for record in RecordFile(folder / "records.jsonl").read()] == [1, 2]


def test_a_record_that_was_cut_off_is_set_aside_and_measured_again(rasterbout, tmp_path):
    out = tmp_path / "run"
    once = ("run", *SMALL, "--backends", "rasterio-windows", "--rounds", "2", "--out", out)
    assert rasterbout(*once).returncode == 0
    records = out / "records.jsonl"
    whole = records.read_bytes()
    records.write_bytes(whole[:-200])
    done = rasterbout(*once, "--resume")
    assert done.returncode == 0, done.stderr
    assert str(out / "records.broken") in done.stdout
    assert [record.round for record in RecordFile(records).read()] == [1, 2]


def test_changes_since_the_resumed_run_are_reported(rasterbout, tmp_path):
    out = tmp_path / "run"
    once = ("run", *SMALL, "--backends", "rasterio-windows", "--out", out)
    assert rasterbout(*once).returncode == 0
    environment = json.loads((out / "environment.json").read_text())
    environment["libraries"]["rasterio"] = "1.0.0"
    (out / "environment.json").write_text(json.dumps(environment))
    done = rasterbout(*once, "--resume", "--rounds", "2")
    assert "rasterio 1.0.0 -> " in done.stdout
    resumed = json.loads((out / "environment.json").read_text())
    assert resumed["settings"]["seed"] == environment["settings"]["seed"]
    assert [earlier["libraries"]["rasterio"] for earlier in resumed["earlier"]] == ["1.0.0"]


def test_own_files_are_measured(rasterbout, tmp_path):
    made = rasterbout("datasets", "make", "s2-tile", "--size", "96").stdout.split()
    red, nir = (next(path for path in made if path.endswith(f"{band}.tif")) for band in ("B4", "B8"))
    out = tmp_path / "run"
    backends = ("--backends", "rasterio-windows", "--preset", "smoke")
    done = rasterbout("run", *backends, "--red", red, "--nir", nir, "--source", nir, "--out", out)
    assert done.returncode == 0, done.stderr
    records = RecordFile(out / "records.jsonl").read()
    assert {record.operation for record in records} == {"ndvi", "mean_ndvi", "downscale"}
    assert {record.dataset for record in records} == {"files"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--operations", "ndvi,nvdi"), "nvdi"),
        (("--backends", "rasterio-window"), "did you mean rasterio-windows"),
        (("--dataset", "s2-tiles"), "did you mean s2-tile"),
        (("--dataset", "toulouse", "--size", "100"), "--size 100"),
        (("--chunks", "0"), "'0'"),
        (("--workers", "none"), "none"),
        (("--red", "red.tif"), "--nir"),
        (("--cache", "icy"), "icy"),
        (("--workers", "1000"), "--oversubscribe"),
        (("--memory-limit", "much"), "4GB"),
    ],
)
def test_bad_choices_are_reported_in_one_line(rasterbout, tmp_path, arguments, message):
    done = rasterbout("run", "--preset", "smoke", "--out", tmp_path / "run", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()
