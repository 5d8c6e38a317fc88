"""Tables and figures, by the command line as a user calls it."""

import csv
import io
import json
from dataclasses import replace
from functools import partial

import pytest
from matplotlib.image import imread

import command_line
from rasterbout.record_file import RecordFile
from test_records import RECORD

pytestmark = pytest.mark.slow

CASE = replace(
    RECORD, cpu_s=[1.0], wall_s=[2.0], floor_s=0.5, peak_bytes=100_000_000, startup_s=0.25, pixels_compared=9, cores=2
)
WRONG = replace(CASE, backend="otb|cli", status="wrong", reason="7 pixels | are\nwrong", wall_s=[], cpu_s=[])


@pytest.fixture
def report(tmp_path):
    """Makes a report of a run with two rounds of one backend, and one that was wrong."""
    folder = tmp_path / "run"
    folder.mkdir()
    for record in (CASE, replace(CASE, round=2, wall_s=[4.0]), WRONG):
        RecordFile(folder / "records.jsonl").append(record)
    return partial(command_line.rasterbout, "report", folder, cwd=tmp_path)


def test_the_page_is_in_the_folder_of_the_run(report, tmp_path):
    done = report()
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "run/report.html")
    assert "rasterio-windows" in (tmp_path / "run/report.html").read_text()


def test_every_format_is_written_beside_the_page(report, tmp_path):
    done = report("--out", tmp_path / "x.html", "--format", "html,csv,json,md,png,svg")
    assert done.returncode == 0, done.stderr
    written = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert sorted(line.rpartition("/")[2] for line in done.stdout.splitlines()) == written
    assert {name.rpartition(".")[2] for name in written} == {"html", "csv", "json", "md", "png", "svg"}
    (row, wrong) = csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text()))
    assert (row["backend"], float(row["wall_s"]), row["rounds"], row["run"]) == ("rasterio-windows", 3.0, "2", "run")
    assert (wrong["status"], wrong["wall_s"], wrong["reason"]) == ("wrong", "", "7 pixels | are\nwrong")
    (cell, _) = json.loads((tmp_path / "x.json").read_text())
    assert [sample["wall_s"] for sample in cell["samples"]] == [[2.0], [4.0]]
    expected = (tmp_path / "x.md").read_text()
    assert "## ndvi on s2-tile 512, tiled, none, cache warm" in expected
    assert "wrong: 7 pixels \\| are wrong" in expected
    (figure,) = tmp_path.glob("*.png")
    assert imread(figure).shape == (720, 2000, 4)


def test_runs_side_by_side(report, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    RecordFile(other / "records.jsonl").append(replace(CASE, wall_s=[9.0]))
    assert report(other, "--out", tmp_path / "x.html", "--format", "csv,md").returncode == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text())))
    assert [(row["run"], row["backend"]) for row in rows] == [
        ("run", "rasterio-windows"), ("run", "otb|cli"), ("other", "rasterio-windows"),
    ]  # fmt: skip
    assert [line for line in (tmp_path / "x.md").read_text().splitlines() if line.startswith("# ")] == [
        "# run",
        "# other",
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((".",), "holds neither records.jsonl"),
        (("nowhere",), "nowhere: no such folder"),
        (("--format", "pdf"), "pdf"),
        (("--out", "no/such/folder.html"), "no/such"),
    ],
)
def test_bad_input_is_reported_in_one_line(report, words, expected):
    assert expected in command_line.refusal(report(*words), statuses=(1, 2))


def test_nothing_measured_makes_tables_that_say_so(tmp_path):
    (tmp_path / "records.jsonl").touch()
    done = command_line.rasterbout("report", ".", "--format", "html,csv,json,md,png", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Nothing was measured" in (tmp_path / "report.md").read_text()
    assert json.loads((tmp_path / "report.json").read_text()) == []
