"""``rasterbout run`` as its user sees it: records, table, exit status, and faults that do not end the run."""

import json
from functools import partial

import pytest

import command_line
from plugins import install_faulty
from rasterbout.record import read_records

SMALL = ("--preset", "smoke", "--dataset", "s2-tile", "--size", "96", "--operations", "ndvi")


@pytest.fixture
def rasterbout(tmp_path):
    """The command line, called in an empty folder."""
    return partial(command_line.rasterbout, cwd=tmp_path)


@pytest.fixture
def plugins(tmp_path, monkeypatch):
    folder = tmp_path / "plugins"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def statuses(folder):
    return {record.backend: record.status for record in read_records(folder / "records.jsonl")}


def test_a_run_leaves_records_an_environment_and_a_table(rasterbout, tmp_path):
    out = tmp_path / "run"
    done = rasterbout("run", *SMALL, "--backends", "rasterio-windows,dask-coarsen", "--repeats", "2", "--out", out)
    assert done.returncode == 0, done.stderr
    records = read_records(out / "records.jsonl")
    assert {record.backend for record in records} == {"rasterio-windows", "dask-coarsen"}
    for record in records:
        assert (record.status, len(record.wall_s), record.size) == ("ok", 2, 96)
        assert record.pixels_compared == 96 * 96
        assert record.floor_s > 0
        assert record.versions["rasterio"]
    environment = json.loads((out / "environment.json").read_text())
    assert environment["settings"]["environment"]["GDAL_CACHEMAX"] == "256"
    assert "ndvi on s2-tile 96" in done.stdout
    assert str(out / "records.jsonl") in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["environment.json", "records.jsonl"]


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
    assert [record.round for record in read_records(out / "records.jsonl")] == [1, 2]


FAULTS = {
    "hangs": ("time.sleep(600)", "timeout", "5"),
    "raises": ("raise ValueError('no such luck')", "crashed", "no such luck"),
    "exits": ("os._exit(3)", "crashed", "exit status 3"),
    "is-killed": ("os.kill(os.getpid(), 9)", "crashed", "SIGKILL"),
    "writes-nothing": ("pass", "crashed", "no such file"),
    "writes-text": ("out.path.write_text('pixels')", "crashed", "not a readable raster"),
    "runs-out-of-memory": ("raise MemoryError", "memory", "MemoryError"),
}


def test_every_fault_becomes_a_record_and_the_run_goes_on(rasterbout, tmp_path, plugins):
    for name, (body, _, _) in FAULTS.items():
        install_faulty(plugins, name, body)
    install_faulty(plugins, "is-missing", available=False)
    install_faulty(plugins, "cannot", unsupported="it only does Mondays")
    out = tmp_path / "run"
    backends = [*FAULTS, "is-missing", "cannot", "rasterio-windows"]
    done = rasterbout("run", *SMALL, "--backends", ",".join(backends), "--timeout", "5", "--out", out)
    assert done.returncode == 1
    records = {record.backend: record for record in read_records(out / "records.jsonl")}
    assert set(records) == set(backends)
    for name, (_, status, reason) in FAULTS.items():
        assert (name, records[name].status) == (name, status)
        assert reason in records[name].reason
        assert records[name].wall_s == []
    assert (records["is-missing"].status, records["cannot"].status) == ("unavailable", "unsupported")
    assert "wait for Tuesday" in records["is-missing"].reason
    assert records["rasterio-windows"].status == "ok"
    assert "it only does Mondays" in done.stdout
    assert "Traceback" not in done.stderr


def test_wrong_pixels_void_the_time(rasterbout, tmp_path, plugins):
    body = (
        "__import__('shutil').copy(red.raster.path, out.path); rasterio.open(out.path, 'r+').close(); "
        "p = rasterio.open(red.raster.path); "
        "m = dict(p.profile, dtype='float32', nodata=float('nan'), tiled=True, blockxsize=512, blockysize=512); "
        "d = rasterio.open(out.path, 'w', **m); d.write(p.read().astype('float32')); d.close()"
    )
    install_faulty(plugins, "wrong", body)
    out = tmp_path / "run"
    done = rasterbout("run", *SMALL, "--backends", "wrong", "--out", out)
    assert done.returncode == 1
    (record,) = read_records(out / "records.jsonl")
    assert record.status == "wrong", record.reason
    assert record.wall_s == []
    assert "pixels are wrong, the first at band 1, row" in record.reason


def test_nothing_measured_is_a_failure(rasterbout, tmp_path, plugins):
    install_faulty(plugins, "is-missing", available=False)
    done = rasterbout("run", *SMALL, "--backends", "is-missing", "--out", tmp_path / "run")
    assert done.returncode == 1
    assert "nothing was measured" in done.stderr


def test_a_required_backend_that_is_missing_is_a_failure(rasterbout, tmp_path, plugins, monkeypatch):
    install_faulty(plugins, "is-missing", available=False)
    monkeypatch.setenv("RASTERBOUT_REQUIRE", "rasterio-windows,is-missing")
    done = rasterbout("run", *SMALL, "--backends", "rasterio-windows", "--out", tmp_path / "run")
    assert done.returncode == 1
    assert "is-missing" in done.stderr


def test_own_files_are_measured(rasterbout, tmp_path):
    made = rasterbout("datasets", "make", "s2-tile", "--size", "96").stdout.split()
    red, nir = (next(path for path in made if path.endswith(f"{band}.tif")) for band in ("B4", "B8"))
    out = tmp_path / "run"
    backends = ("--backends", "rasterio-windows", "--preset", "smoke")
    done = rasterbout("run", *backends, "--red", red, "--nir", nir, "--source", nir, "--out", out)
    assert done.returncode == 0, done.stderr
    records = read_records(out / "records.jsonl")
    assert {record.operation for record in records} == {"ndvi", "mean_ndvi", "downscale"}
    assert {record.dataset for record in records} == {"files"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--operations", "ndvi,nvdi"), "nvdi"),
        (("--backends", "rasterio-window"), "did you mean rasterio-windows"),
        (("--dataset", "s2-tiles"), "did you mean s2-tile"),
        (("--dataset", "toulouse", "--size", "100"), "--size 100"),
        (("--chunks", "0"), "'0'"),
        (("--workers", "none"), "none"),
        (("--red", "red.tif"), "--nir"),
        (("--cache", "icy"), "icy"),
    ],
)
def test_bad_choices_are_told_in_one_line(rasterbout, tmp_path, arguments, told):
    done = rasterbout("run", "--preset", "smoke", "--out", tmp_path / "run", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()
