"""Summing up records, against cases computed by hand."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from scipy import stats

from rasterbout.reports.statistics.summary import summarise
from rasterbout.reports.tables.terminal import tables
from test_records import RECORD

FAST = replace(
    RECORD, backend="fast", wall_s=[1.0, 2.0, 9.0], floor_s=0.5, startup_s=0.1, pixels_compared=9, peak_bytes=1, cores=2
)
SLOW = replace(FAST, backend="slow", wall_s=[6.0], startup_s=3.0)
WRONG = replace(FAST, backend="wrong", status="wrong", reason="1 of 9 pixels is <b>wrong</b>", wall_s=[])


def row(records, backend):
    summary = summarise(records)
    return summary[summary["backend"] == backend].iloc[0]


def test_ratios_are_to_the_fastest_and_to_the_floor():
    assert row([FAST, SLOW], "fast")["of_fastest"] == 1
    assert row([FAST, SLOW], "slow")["of_fastest"] == 3
    assert row([FAST, SLOW], "slow")["of_floor"] == 0.5 / 6


def test_the_time_is_the_median_of_the_rounds():
    rounds = [replace(FAST, round=number, wall_s=[wall_s]) for number, wall_s in enumerate((4.0, 1.0, 3.0), start=1)]
    assert row(rounds, "fast")["wall_s"] == 3
    assert row(rounds, "fast")["rounds"] == 3


def test_operations_are_not_compared_with_each_other():
    other = replace(SLOW, operation="downscale")
    assert set(summarise([FAST, other])["of_fastest"]) == {1.0}


def test_one_bad_round_voids_the_time():
    bad = row([replace(WRONG, backend="fast", round=2), FAST], "fast")
    assert bad["status"] == "wrong"
    assert bad["wall_s"] != bad["wall_s"]


def test_the_fastest_comes_first_and_what_failed_last():
    assert list(summarise([WRONG, SLOW, FAST])["backend"]) == ["fast", "slow", "wrong"]


def test_no_records_make_no_table():
    assert list(tables([])) == []


@pytest.mark.parametrize("width", [60, 100, 200])
def test_the_table_shows_what_failed_with_its_reason(width):
    console = Console(width=width, record=True, file=io.StringIO())
    for table in tables([FAST, WRONG]):
        console.print(table)
    shown = " ".join(console.export_text().split())
    assert "wrong: wrong: 1 of 9 pixels is <b>wrong</b>" in shown
    assert "fast auto 2 2.000 1.00 25.0" in shown or width < 90


def test_the_ratio_to_the_fastest_has_the_interval_of_pairs_of_rounds():
    fast = [replace(FAST, round=number, wall_s=[wall_s]) for number, wall_s in enumerate((1.0, 2.0, 4.0), start=1)]
    slow = [replace(SLOW, round=number, wall_s=[wall_s]) for number, wall_s in enumerate((2.0, 4.0, 16.0), start=1)]
    shown = row([*fast, *slow], "slow")
    logs = np.log([2.0, 2.0, 4.0])
    low, high = stats.t.interval(0.95, 2, logs.mean(), stats.sem(logs))
    assert shown["of_fastest"] == pytest.approx(np.exp(logs.mean()))
    assert shown["at_least"] == pytest.approx(np.exp(low))
    assert shown["at_most"] == pytest.approx(np.exp(high))


def test_neither_the_fastest_nor_a_single_round_has_an_interval():
    fast = [replace(FAST, round=number) for number in (1, 2)]
    assert np.isnan(row([*fast, SLOW], "fast")["at_least"])
    assert np.isnan(row([*fast, SLOW], "slow")["at_most"])


def test_the_table_shows_the_floor_of_few_and_of_many_workers():
    console = Console(width=120, record=True, file=io.StringIO())
    for table in tables([FAST, replace(SLOW, workers=1, floor_s=0.75)]):
        console.print(table)
    assert ", floor 0.500 to 0.750 s" in console.export_text()


def test_a_case_with_one_bad_round_has_no_ratio_to_the_fastest():
    fast = [replace(FAST, round=number) for number in (1, 2, 3)]
    bad = [*(replace(SLOW, round=number) for number in (1, 2)), replace(WRONG, backend="slow", round=3)]
    assert row([*fast, *bad], "slow")[["of_fastest", "at_least", "at_most"]].isna().all()
