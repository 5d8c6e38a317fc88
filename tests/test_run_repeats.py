"""Every timed repeat counts: its result is verified, whether the next one replaces it or not."""

import pytest

import command_line
from plugins import install_faulty
from rasterbout.record_file import RecordFile

SMALL = ("--preset", "smoke", "--dataset", "s2-tile", "--size", "96", "--operations", "ndvi", "--repeats", "3")
RIGHT = """
            import numpy as np
            with rasterio.open(red.raster.path) as r, rasterio.open(nir.raster.path) as n:
                profile = r.profile | out.layout.creation_options() | dict(dtype="float32", nodata=float("nan"))
                a, b = (np.where(f.read() == f.nodata, np.nan, f.read().astype("f8")) for f in (r, n))
            with np.errstate(all="ignore"):
                values = np.where(a + b == 0, np.nan, (b - a) / (a + b)).astype("f4")
            self.done = getattr(self, "done", -1) + 1  # the warm-up is number 0
"""
WRITE = """
            with rasterio.open(out.path, "w", **profile) as target:
                target.write(values)
"""


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Runs a backend whose NDVI is right but for what ``spoil`` does, and returns its records."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def run(spoil, *words, write=WRITE):
        install_faulty(folder, "mine", RIGHT + spoil + write)
        command_line.rasterbout("run", *SMALL, "--backends", "mine", "--out", "run", *words, cwd=tmp_path)
        return RecordFile(tmp_path / "run/records.jsonl").read()

    return run


def test_a_right_backend_is_ok(measured):
    (record,) = measured("")
    assert (record.status, len(record.wall_s)) == ("ok", 3), record.reason


@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_wrong_repeat_voids_all(measured, number):
    (record,) = measured(f"            values = values + (self.done == {number})\n")
    assert (record.status, record.wall_s) == ("wrong", [])
    assert record.reason.startswith(f"repeat {number} of 3: ")
    assert record.pixels_wrong > 0


def test_a_wrong_warm_up_is_not_timed_and_does_not_count(measured):
    (record,) = measured("            values = values + (self.done == 0)\n")
    assert record.status == "ok"


@pytest.mark.parametrize("number", [1, 3])
def test_a_repeat_that_writes_nothing_is_crashed(measured, number):
    (record,) = measured(f"            if self.done == {number}: return\n")
    assert (record.status, record.reason) == ("crashed", f"repeat {number} of 3: no usable output: it left no file")


def test_results_of_other_bytes_and_right_pixels_are_all_verified(measured):
    (record,) = measured("", write=WRITE.rstrip() + "; target.update_tags(number=str(self.done))\n")
    assert record.status == "ok"
    assert record.verify_s > 0


def test_an_equal_result_is_verified_once_a_run(measured):
    first, second, third = measured("", "--rounds", "3")
    assert first.verify_s > 0
    assert (second.verify_s, third.verify_s) == (0, 0)
    assert {record.pixels_compared for record in (first, second, third)} == {first.pixels_compared}
    assert {record.max_error for record in (first, second, third)} == {first.max_error}
