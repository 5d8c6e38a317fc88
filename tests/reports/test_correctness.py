"""Right and wrong pixels on the page, against cases written by hand."""

from dataclasses import replace

from rasterbout.reports.statistics.correctness import compared
from rasterbout.reports.statistics.runs import Run
from test_records import RECORD

CASE = replace(RECORD, pixels_compared=1_000_000, pixels_left_out=5, max_error=1e-7, tolerance=2e-6)


def correctness(*records):
    (found,) = compared(Run(name="mine", records=list(records)))
    return found


def test_the_largest_error_of_all_settings_and_rounds_counts():
    found = correctness(CASE, replace(CASE, round=2, max_error=3e-7), replace(CASE, chunk=256, max_error=2e-7))
    assert found.backends["rasterio-windows"].text == "3.0e-07"
    assert found.backends["rasterio-windows"].right is True
    assert found.pixels == "1,000,000 pixels compared, 5 left out, tolerance 2e-06"


def test_one_wrong_round_makes_a_backend_wrong():
    wrong = replace(CASE, round=2, status="wrong", reason="7 of 9 pixels are wrong", max_error=1.0, pixels_wrong=7)
    found = correctness(CASE, wrong).backends["rasterio-windows"]
    assert (found.right, found.text) == (False, "7 of 9 pixels are wrong")


def test_what_was_not_compared_is_neither_right_nor_wrong():
    missing = replace(CASE, backend="otb-cli", status="unavailable", reason="not here", pixels_compared=0)
    missing = replace(missing, pixels_left_out=0, max_error=None, tolerance=None, wall_s=[])
    found = correctness(CASE, missing)
    assert found.backends["rasterio-windows"].right is True
    assert (found.backends["otb-cli"].right, found.backends["otb-cli"].text) == (None, "unavailable: not here")
    assert correctness(missing).pixels == "no pixel was compared"


def test_a_backend_that_crashed_at_one_setting_is_judged_by_the_others():
    crashed = replace(CASE, chunk=256, status="crashed", reason="exit status 3", max_error=None, pixels_compared=0)
    assert correctness(CASE, crashed).backends["rasterio-windows"].right is True
