"""What the page says, without a browser."""

from dataclasses import replace

from rasterbout.record_file import RecordFile
from rasterbout.reports.page.page import page as render
from rasterbout.reports.statistics.runs import Run, load_runs
from test_records import RECORD


def test_two_names_of_one_backend_are_too_close_to_call():
    one = [
        replace(RECORD, backend="a", round=number, wall_s=[wall_s])
        for number, wall_s in enumerate((1.0, 1.1, 0.9, 1.05, 0.95), start=1)
    ]
    two = [
        replace(record, backend="b", wall_s=[wall_s])
        for record, wall_s in zip(one, (1.02, 1.05, 0.93, 1.0, 0.99), strict=True)
    ]
    assert "too close to call: " in render([Run(name="aa", records=one + two)])


def test_the_page_of_a_folder(tmp_path):
    for number in range(1, 5):
        RecordFile(tmp_path / "records.jsonl").append(replace(RECORD, round=number))
    assert "rasterio-windows" in render(load_runs([tmp_path]))
