"""The folder of a run: what is refused, and what ``environment.json`` holds."""

import json
from dataclasses import replace

import pytest

from rasterbout.errors import BadInput
from rasterbout.measure.folder import RunFolder
from test_records import RECORD


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path / "runs/run", resume=False)


def environment(folder):
    return json.loads((folder.path / "environment.json").read_text())


def test_a_new_folder_is_made_with_all_above_it(folder):
    assert folder.path.is_dir()
    assert list(folder.path.iterdir()) == []


def test_a_folder_that_holds_records_is_refused_without_resume_and_nothing_is_touched(folder):
    folder.records.append(RECORD)
    before = folder.records.path.read_bytes()
    with pytest.raises(BadInput, match=r"run: .*--resume"):
        RunFolder(folder.path, resume=False)
    assert folder.records.path.read_bytes() == before
    assert RunFolder(folder.path, resume=True).records.read() == [RECORD]


def test_resuming_what_was_never_begun_begins_it(tmp_path):
    assert RunFolder(tmp_path / "new", resume=True).records.read() == []


def test_a_folder_that_holds_other_files_can_be_used(tmp_path):
    (tmp_path / "notes.txt").touch()
    RunFolder(tmp_path, resume=False)
    assert (tmp_path / "notes.txt").exists()


def test_what_was_written_is_what_the_next_run_finds(folder):
    assert folder.earlier() == {}
    folder.write_environment({"host": "här", "earlier": [{"host": "before"}]}, [])
    found = RunFolder(folder.path, resume=True).earlier()
    assert (found["host"], found["earlier"]) == ("här", [{"host": "before"}])


def test_an_environment_that_is_no_json_is_named(folder):
    (folder.path / "environment.json").write_text('{"host": ')
    with pytest.raises(BadInput, match=r"environment\.json: is not valid JSON"):
        folder.earlier()


def test_an_environment_that_cannot_be_written_leaves_the_one_before(folder):
    folder.write_environment({"host": "first"}, [])
    with pytest.raises(TypeError):
        folder.write_environment({"host": object()}, [])
    assert environment(folder)["host"] == "first"
    assert [path.name for path in folder.path.iterdir()] == ["environment.json"]


def test_the_versions_of_each_backend_are_written(folder):
    records = [
        replace(RECORD, backend="one", versions={"gdal": "3.10"}),
        replace(RECORD, backend="other", versions={"otb": "9.1"}),
        replace(RECORD, backend="other", round=2, versions={}),
        replace(RECORD, backend="missing", versions={}, status="unavailable"),
    ]
    folder.write_environment({}, iter(records))
    assert environment(folder)["backends"] == {"one": {"gdal": "3.10"}, "other": {"otb": "9.1"}}


def test_rounds_are_listed_with_the_change_of_their_floors(folder):
    records = [replace(RECORD, round=number, floor_s=floor_s) for number, floor_s in ((2, 1.0), (1, 1.1), (3, 3.0))]
    folder.write_environment({"host": "here"}, records)
    assert environment(folder)["host"] == "here"
    assert environment(folder)["rounds"] == [
        {"round": 1, "floor_of_median": 1.0, "unfit": False},
        {"round": 2, "floor_of_median": 0.9091, "unfit": False},
        {"round": 3, "floor_of_median": 2.7273, "unfit": True},
    ]


def test_a_round_that_was_measured_again_is_judged_by_its_last_record(folder):
    floors_s = [(1, 9.0), (2, 1.0), (3, 1.0), (1, 1.0)]
    folder.write_environment({}, [replace(RECORD, round=number, floor_s=floor_s) for number, floor_s in floors_s])
    assert [one["unfit"] for one in environment(folder)["rounds"]] == [False, False, False]
