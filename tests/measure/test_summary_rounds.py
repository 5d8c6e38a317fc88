"""Rounds summed up: which count, which do not, and what the table says of them."""

import io
import json
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console

from rasterbout.measure.folder import RunFolder
from rasterbout.reports.statistics.summary import summarise
from rasterbout.reports.tables.terminal import tables
from test_records import RECORD

CASE = replace(
    RECORD, wall_s=[2.0], cpu_s=[3.0], floor_s=1.0, startup_s=0.1, peak_bytes=1_000_000, pixels_compared=9, cores=2
)


def rounds(*changes):
    """Return a record for each round, from 1, with these changes."""
    return [replace(CASE, round=number, **change) for number, change in enumerate(changes, start=1)]


def row(records):
    (only,) = summarise(records).to_dict("records")
    return {name: None if pd.isna(value) else value for name, value in only.items()}


def shown(records):
    console = Console(width=150, record=True, file=io.StringIO())
    for table in tables(records):
        console.print(table)
    return " ".join(console.export_text().split())


DISTURBED = {"floor_s": 3.0, "wall_s": [9.0], "cpu_s": [9.0], "startup_s": 9.0}


def test_times_of_an_unfit_round_are_left_out():
    summed = row(rounds({}, DISTURBED, {"wall_s": [4.0]}))
    assert (summed["status"], summed["rounds"]) == ("ok", 2)
    assert (summed["wall_s"], summed["cpu_s"], summed["startup_s"], summed["floor_s"]) == (3.0, 3.0, 0.1, 1.0)
    assert summed["of_floor"] == pytest.approx(1 / 3)


def test_times_of_all_rounds_count_where_none_is_unfit():
    assert row(rounds({}, {"wall_s": [9.0]}, {"wall_s": [4.0]}))["wall_s"] == 4.0


@pytest.mark.parametrize("status", ["wrong", "crashed", "timeout", "memory"])
def test_what_went_wrong_in_an_unfit_round_voids_the_case(status):
    summed = row(rounds({}, DISTURBED | {"status": status, "reason": "so it is", "wall_s": []}, {}))
    assert (summed["status"], summed["reason"]) == (status, "so it is")
    assert summed["wall_s"] is None


def test_the_largest_peak_and_error_and_the_fewest_pixels_of_all_rounds_count():
    changes = (
        {"peak_bytes": 5, "max_error": 3e-8, "pixels_compared": 9},
        {"peak_bytes": 7, "max_error": 1e-8, "pixels_compared": 8},
        {"peak_bytes": 6, "max_error": 2e-8, "pixels_compared": 9},
    )
    summed = row(rounds(*changes))
    assert (summed["peak_bytes"], summed["max_error"], summed["pixels_compared"]) == (7, 3e-8, 8)


def test_memory_and_pixels_of_an_unfit_round_count():
    summed = row(rounds({}, DISTURBED | {"peak_bytes": 7_000_000, "max_error": 3e-8, "pixels_compared": 8}, {}))
    assert (summed["peak_bytes"], summed["max_error"], summed["pixels_compared"]) == (7_000_000, 3e-8, 8)


def test_interrupted_records_are_ignored():
    stopped = {"status": "interrupted", "wall_s": [], "cpu_s": [], "peak_bytes": None, "reason": "the run was stopped"}
    assert row(rounds({}, stopped)) == row(rounds({}))
    assert summarise(rounds(stopped)).empty
    assert list(tables(rounds(stopped))) == []


def test_a_round_that_was_stopped_and_then_measured_counts_once():
    (stopped,) = rounds({"status": "interrupted", "wall_s": []})
    assert row([stopped, CASE]) == row([CASE])


def test_a_cell_that_was_measured_again_counts_with_its_last_record():
    unavailable = replace(CASE, status="unavailable", wall_s=[], reason="not installed")
    assert row([unavailable, CASE])["status"] == "ok"
    again = row([replace(CASE, wall_s=[7.0], peak_bytes=9_000_000), CASE])
    assert (again["rounds"], again["wall_s"], again["peak_bytes"]) == (1, 2.0, 1_000_000)


def test_the_table_leaves_out_the_rounds_that_the_environment_calls_unfit(tmp_path):
    stopped = {"status": "interrupted", "wall_s": [], "cpu_s": []}
    records = rounds({}, DISTURBED, stopped)
    folder = RunFolder(tmp_path, resume=True)
    folder.write_environment({}, records)
    listed = json.loads((tmp_path / "environment.json").read_text())["rounds"]
    assert row(records)["rounds"] == 2 - sum(one["unfit"] for one in listed)


def test_a_cache_that_was_not_the_same_in_all_rounds_is_unknown_and_the_table_says_so():
    records = rounds({}, {"cache": "unknown"}, {})
    assert row(records)["cache"] == "unknown"
    assert "rasterio-windows: cache unknown: not every page could be made warm" in shown(records)


def test_a_cache_that_was_as_asked_for_needs_no_word():
    records = rounds({"cache_asked": "cold", "cache": "cold"}, {"cache_asked": "cold", "cache": "cold"})
    assert row(records)["cache"] == "cold"
    assert "unknown" not in shown(records)
    assert "cache cold" in shown(records)


@pytest.mark.parametrize(
    ("workers", "threads", "cores", "said"),
    [
        (4, 1, 2, "auto 4 on 2 cores 2.000"),
        (2, 1, 1, "auto 2 on 1 cores 2.000"),
        (2, 1, 2, "auto 2 2.000"),
        (1, 1, 2, "auto 1 2.000"),
        (2, 1, None, "auto 2 2.000"),
    ],
)
def test_workers_that_share_fewer_cores_are_marked(workers, threads, cores, said):
    assert said in shown([replace(CASE, workers=workers, threads=threads, cores=cores)])


def test_the_case_on_other_files_is_another_case():
    records = [replace(CASE, inputs=["/one.tif"]), replace(CASE, inputs=["/other.tif"], wall_s=[6.0])]
    assert sorted(summarise(records)["wall_s"]) == [2.0, 6.0]


def test_a_failed_floor_has_no_share_and_its_reason_is_shown():
    table = shown(rounds({"floor_s": None, "reason": "its floor could not be measured"}))
    assert "2.000 1.00 3.000" in table
    assert "rasterio-windows: its floor could not be measured" in table


def test_a_case_that_was_measured_in_an_unfit_round_alone_is_not_forgotten():
    records = [*rounds({}, DISTURBED, {}), replace(CASE, backend="late", round=2, **DISTURBED)]
    assert set(summarise(records)["backend"]) == {"rasterio-windows", "late"}


def test_names_are_shown_as_they_are():
    assert "on s2[/tile] 512" in shown([replace(CASE, dataset="s2[/tile]")])
    assert "a[/b]: wrong: [bold]" in shown([replace(CASE, backend="a[/b]", status="wrong", reason="[bold]")])
