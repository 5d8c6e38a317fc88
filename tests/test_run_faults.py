"""Faults of a backend: each becomes a record with a reason, and the run goes on."""

from functools import partial

import numpy as np
import pytest

import command_line
from plugins import install_faulty
from rasterbout.record_file import RecordFile

pytestmark = pytest.mark.slow

SMALL = ("--preset", "smoke", "--dataset", "s2-tile", "--size", "96", "--operations", "ndvi")
needs_mount = pytest.mark.skipif(not command_line.can_mount(), reason="mounting takes root")


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


FAULTS = {
    "hangs": ("time.sleep(600)", "timeout", "15"),
    "raises": ("raise ValueError('no such luck')", "crashed", "no such luck"),
    "exits": ("os._exit(3)", "crashed", "exit status 3"),
    "is-killed": ("os.kill(os.getpid(), 9)", "crashed", "SIGKILL"),
    "writes-nothing": ("pass", "crashed", "it left no file"),
    "writes-half": (
        "write_whole(red, out); os.truncate(out.path, out.path.stat().st_size // 2)",
        "crashed",
        "truncated",
    ),
    "exits-with-1": ("raise SystemExit(1)", "crashed", "SystemExit: 1"),
    "exits-with-0": ("raise SystemExit(0)", "crashed", "SystemExit: 0"),
    "says-much": ("raise ValueError('x' * 50_000_000)", "crashed", "ValueError: xxx"),
    "says-odd-bytes": ("raise ValueError(os.fsdecode(bytes([0xe9])))", "crashed", "ValueError: \\udce9"),
    "leaves-a-thread": (
        "import threading; threading.Thread(target=time.sleep, args=(600,)).start(); raise ValueError('then this')",
        "crashed",
        "then this",
    ),
    "exits-late": (
        "import atexit; atexit.register(time.sleep, 600); raise ValueError('then that')",
        "crashed",
        "then that",
    ),
    "writes-late": (
        "import threading; threading.Timer(0.5, write_whole, (red, out)).start()",
        "crashed",
        "it left no file",
    ),
    "changes-late": (
        (
            "import threading; write_whole(red, out); file = out.path.open('r+b', 0); "
            "threading.Thread(target=lambda: [(os.pwrite(file.fileno(), b'%d' % n, 9000), time.sleep(0.01)) "
            "for n in range(10**5)]).start()"
        ),
        "wrong",
        "its result changed after the clock had stopped",
    ),
    "forges-answers": (
        """write_whole(red, out); say_everywhere(b'{"end": 0, "wall_s": 1e-9, "cache": "warm"}' + bytes([10]))""",
        "crashed",
        "it wrote to the pipe of the measurements",
    ),
    "tags-a-scale": (
        "write_whole(red, out); target = rasterio.open(out.path, 'r+'); target.scales = (0.1,); target.close()",
        "crashed",
        "band 1 has the scale 0.1 and the offset 0 instead of 1 and 0",
    ),
    "adds-a-mask": (
        "write_whole(red, out); target = rasterio.open(out.path, 'r+'); target.write_mask(True); target.close()",
        "crashed",
        "has a mask",
    ),
    "links-an-answer": (
        (
            "kept = out.path.parent / 'kept-by-me.tif'; "
            "kept.exists() or (write_right(red, nir, out), os.link(out.path, kept)); "
            "out.path.exists() or os.link(kept, out.path)"
        ),
        "wrong",
        "bytes, and its result has 1048960",
    ),
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
    done = rasterbout("run", *SMALL, "--backends", ",".join(backends), "--timeout", "15", "--out", out)
    assert done.returncode == 1
    records = {record.backend: record for record in RecordFile(out / "records.jsonl").read()}
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


SPOILS = {
    "leaves-statistics": (
        "write_right(red, nir, out); (red.raster.path.parent / (red.raster.path.name + '.aux.xml')).write_text('<a/>')",
        "appeared beside its input meanwhile",
    ),
}
SPOILS_FOR_GOOD = {
    "changes-its-input": "os.truncate(red.raster.path, 100)",
    "writes-into-its-input": "file = red.raster.path.open('r+b'); file.seek(4000); file.write(b'x')",
    "removes-its-input": "red.raster.path.unlink()",
    "replaces-its-input": "write_right(red, nir, out); out.path.rename(red.raster.path)",
}


@needs_mount
def test_inputs_are_read_only(rasterbout, tmp_path, plugins):
    for name, body in SPOILS_FOR_GOOD.items():
        install_faulty(plugins, name, body)
    for name, (body, _) in SPOILS.items():
        install_faulty(plugins, name, body)
    out = tmp_path / "run"
    backends = [*SPOILS_FOR_GOOD, *SPOILS, "rasterio-windows"]
    rasterbout("run", *SMALL, "--backends", ",".join(backends), "--seed", "1", "--rounds", "2", "--out", out)
    records = RecordFile(out / "records.jsonl").read()
    assert len(records) == 2 * len(backends)
    for record in records:
        if record.backend in SPOILS:
            assert (record.status, record.wall_s) == ("wrong", [])
            assert SPOILS[record.backend][1] in record.reason
        elif record.backend in SPOILS_FOR_GOOD:
            assert record.status == "crashed", record.reason
            assert any(said in record.reason for said in ("Read-only file system", "busy", "cross-device")), (
                record.reason
            )
    assert [one.status for one in records if one.backend == "rasterio-windows"] == ["ok", "ok"]


def test_a_run_ends_at_an_input_that_was_changed(rasterbout, tmp_path, plugins, monkeypatch):
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path / "cache"))  # its dataset is spoilt for good
    monkeypatch.delenv("RASTERBOUT_REQUIRE", raising=False)  # an OTB may be in the usual one
    install_faulty(plugins, "changes-its-input", "os.utime(red.raster.path, (0, 0)); write_right(red, nir, out)")
    not_root = "import rasterbout.measure.read_only as one\none.protect = lambda files: None\n"
    (plugins / "sitecustomize.py").write_text(not_root)
    out = tmp_path / "run"
    done = rasterbout("run", *SMALL, "--backends", "changes-its-input,rasterio-windows", "--rounds", "3", "--out", out)
    assert done.returncode == 1
    last = RecordFile(out / "records.jsonl").read()[-1]
    assert (last.backend, last.status) == ("changes-its-input", "wrong")
    assert "B4.tif was changed meanwhile" in last.reason
    assert "changes-its-input: its input " in done.stderr
    assert "restore it" in done.stderr


def test_wrong_pixels_void_the_time(rasterbout, tmp_path, plugins):
    install_faulty(plugins, "wrong", "write_whole(red, out)")
    out = tmp_path / "run"
    done = rasterbout("run", *SMALL, "--backends", "wrong", "--out", out)
    assert done.returncode == 1
    (record,) = RecordFile(out / "records.jsonl").read()
    assert record.status == "wrong", record.reason
    assert (record.wall_s, record.cpu_s) == ([], [])
    assert 0 < record.pixels_wrong <= record.pixels_compared
    with np.load(out / record.picture) as picture:
        assert picture["error"].max() > 1
        assert picture["output"].shape == picture["error"].shape
    assert "where 1e-06 is allowed, the first at band 1, row" in record.reason


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


@needs_mount
def test_a_full_disk_is_a_record_and_the_run_goes_on(tmp_path, plugins):
    install_faulty(plugins, "fills-the-disk", "out.path.write_bytes(bytes(100_000_000))")
    out = tmp_path / "small"
    out.mkdir()
    backends = "fills-the-disk,rasterio-windows,dask-coarsen"
    mount = f"mount -t tmpfs -o size=2m tmpfs '{out}'"
    words = ("run", *SMALL, "--backends", backends, "--rounds", "2", "--out", out / "run")
    done, left = command_line.rasterbout_on(mount, out / "run", *words, cwd=tmp_path)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert sorted(left.split()) == ["environment.json", "pictures", "records.jsonl"]
    assert done.stdout.count("pixels right") == 4
    assert done.stdout.count("fills-the-disk on s2-tile 96: crashed: OSError: [Errno 28] No space left") == 2
