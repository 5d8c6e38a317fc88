"""Records survive the way to disk and back, and what is no record is named."""

import json
from dataclasses import asdict

import pytest

from rasterbout.errors import BadInput
from rasterbout.identity import CASE
from rasterbout.record import Record
from rasterbout.record_file import RecordFile

RECORD = Record(
    operation="ndvi",
    backend="rasterio-windows",
    dataset="s2-tile",
    size=512,
    layout="tiled",
    compress="none",
    chunk="auto",
    workers=2,
    threads=1,
    cache_asked="warm",
    cache="warm",
    round=1,
    status="ok",
    wall_s=[0.25, 0.5, 0.3],
    max_error=1e-8,
    tolerance=1e-6,
    versions={"gdal": "3.10"},
)


def test_a_record_comes_back_as_it_was(tmp_path):
    path = tmp_path / "records.jsonl"
    RecordFile(path).append(RECORD)
    RecordFile(path).append(RECORD)
    assert RecordFile(path).read() == [RECORD, RECORD]
    assert len(path.read_text().splitlines()) == 2


def test_the_median_is_that_of_the_repeats():
    assert RECORD.median_wall_s == 0.3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2"),
        (json.dumps(asdict(RECORD) | {"status": "splendid"}), "splendid"),
        (json.dumps(asdict(RECORD) | {"speed": 1}), "speed"),
        (json.dumps({"operation": "ndvi", "status": "ok"}), "line 2"),
    ],
)
def test_a_line_that_is_no_record_is_named(tmp_path, line, message):
    path = tmp_path / "records.jsonl"
    RecordFile(path).append(RECORD)
    with path.open("a") as lines:
        lines.write(line + "\n")
    with pytest.raises(BadInput, match=message):
        RecordFile(path).read()


def test_a_cell_names_every_axis_of_the_comparison():
    assert dict(zip(CASE, RECORD.case, strict=True))["chunk"] == "auto"
