"""Records of every version of their fields are read, and reported."""

import csv
import io
import json
from dataclasses import fields
from pathlib import Path

import pytest

import command_line
from rasterbout.record import SCHEMA, Record
from rasterbout.record_file import RecordFile

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[1] / "fixtures/records").glob("*/records.jsonl"))
VERSIONED = 6
"""The first version whose records state their schema."""


def version(folder):
    return int(folder.name.partition("-")[0])


def names_in(folder):
    return set(json.loads((folder / "records.jsonl").read_text().partition("\n")[0]))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_records_of_every_version_are_read(folder):
    records = RecordFile(folder / "records.jsonl").read()
    old = version(folder) < VERSIONED
    assert len(records) == 11
    assert {record.schema for record in records} == {1 if old else SCHEMA}
    assert {record.status for record in records} == {"ok", "unsupported"}
    assert {record.cache_asked for record in records} == {"warm"}
    first = {record.operation: record.parameters for record in records}
    assert ("red_band" in first["ndvi"]) is not old
    if version(folder) > 1:  # the first records had neither factor nor resampling
        assert first["downscale"] == {"factor": 10}
        assert first["superimpose"]["resampling"] == "cubic"


def test_the_newest_fixture_has_the_fields_of_today():
    assert names_in(max(FOLDERS, key=version)) == {one.name for one in fields(Record)}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_records_of_every_version_are_reported(folder, tmp_path):
    done = command_line.rasterbout(
        "report", folder, "--out", tmp_path / "x.html", "--format", "html,csv,json,md", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text())))
    assert sorted({row["operation"] for row in rows}) == ["downscale", "ndvi", "superimpose"]
    assert len(json.loads((tmp_path / "x.json").read_text())) == len(rows) == 6
    assert (tmp_path / "x.md").read_text().count("## ") == 3
    assert "gdal raster resamples by other rules" in (tmp_path / "x.html").read_text()
