"""The history in the user's data folder."""

import json
from dataclasses import replace

import pytest

from rasterbout.history.store import earlier_runs, history_root, keep
from rasterbout.record_file import RecordFile
from test_records import RECORD

MACHINE = {"host": "node", "cpu": "AMD", "cores": 2}


@pytest.fixture(autouse=True)
def history(tmp_path, monkeypatch):
    monkeypatch.setenv("RASTERBOUT_HISTORY", str(tmp_path / "history"))
    return tmp_path / "history"


@pytest.fixture
def folder(tmp_path):
    """The folder of a run with one record."""
    place = tmp_path / "runs" / "mine"
    place.mkdir(parents=True)
    timeline = [{"t_s": 0.0, "cpu_s": 0.0, "memory_bytes": 1.0, "read_bytes": 0.0, "written_bytes": 0.0}]
    RecordFile(place / "records.jsonl").append(replace(RECORD, timeline=timeline, printed="noise"))
    (place / "environment.json").write_text(json.dumps(MACHINE))
    return place


def test_a_run_is_kept_without_what_no_answer_needs(folder):
    keep(folder)
    (run,) = earlier_runs(**MACHINE)
    assert run.records == [replace(RECORD, timeline=[], printed="", picture="")]


def test_a_run_that_went_on_replaces_what_was_kept(folder, history):
    keep(folder)
    RecordFile(folder / "records.jsonl").append(replace(RECORD, round=2))
    keep(folder)
    (run,) = earlier_runs(**MACHINE)
    assert len(run.records) == 2
    assert len(list(history.iterdir())) == 1


def test_runs_of_other_machines_do_not_count(folder):
    keep(folder)
    assert list(earlier_runs(**MACHINE | {"cpu": "Intel"})) == []


def test_a_broken_copy_is_left_out(folder, history):
    keep(folder)
    (kept,) = history.iterdir()
    (kept / "environment.json").write_text("{")
    assert list(earlier_runs(**MACHINE)) == []


def test_it_can_be_switched_off(folder, monkeypatch, history):
    monkeypatch.setenv("RASTERBOUT_HISTORY", "off")
    keep(folder)
    assert history_root() is None
    assert not history.exists()
    assert list(earlier_runs(**MACHINE)) == []


def test_a_run_without_records_is_not_kept(tmp_path, history):
    keep(tmp_path)
    assert not history.exists()
