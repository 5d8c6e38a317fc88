"""What the page says, without a browser."""

from dataclasses import replace

from rasterbout.record_file import RecordFile
from rasterbout.reports.page.facts import facts
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


def test_what_each_host_needs_for_its_share_of_the_floor():
    floors_s = [{"n1": 0.2, "n2": 0.5}, {"n1": 0.4, "n2": 0.7}, {"n1": 0.3, "n2": 0.6}]
    records = [
        replace(RECORD, round=number, hosts=list(found), host_floors_s=found)
        for number, found in enumerate(floors_s, start=1)
    ]
    said = dict(facts(Run(name="a", records=records))["facts"])
    assert said["floors of the hosts' shares"].startswith("n1 0.300 s, n2 0.600 s")
    alone = facts(Run(name="a", records=[replace(RECORD)]))["facts"]
    assert "floors of the hosts' shares" not in dict(alone)
