"""Rounds as jobs, with a scheduler of the test's own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fake_slurm import FakeSlurm
from rasterbout.case import Case
from rasterbout.cluster.campaign import Campaign
from rasterbout.cluster.slurm import Site
from rasterbout.datasets import load
from rasterbout.measure.once import Effort
from rasterbout.measure.runner import Settings
from rasterbout.record import latest
from rasterbout.record_file import RecordFile
from rasterbout.resources import Resources
from test_records import RECORD


@pytest.fixture
def cases():
    operation = load("s2-tile", size=96).operation("ndvi")
    return [
        Case(operation=operation, backend=name, dataset="s2-tile", size=96, resources=Resources())
        for name in ("rasterio-windows", "numba-fused")
    ]


@pytest.fixture
def scheduler(monkeypatch):
    """Runs jobs at once; ``done`` are the numbers of cases that they measure before they end."""

    def measure(job_id, cases, effort, folder, number):
        file = RecordFile(folder / "records.jsonl", part=f"job-{job_id}")
        done = found.done.pop(0) if found.done else len(cases)
        for case in cases[:done]:
            started_at = datetime.now(UTC).isoformat(timespec="microseconds")
            record = replace(RECORD, **case.fields, round=number, host=job_id, started_at=started_at)
            file.append(record)

    found = FakeSlurm(monkeypatch, measure)
    found.done = []
    return found


def campaign_of(cases, folder, rounds=2, nodes=2):
    settings = Settings(rounds=rounds, effort=Effort(repeats=1, timeout_s=9))
    return Campaign(cases, settings, folder, Site(nodes=nodes))


def test_each_round_is_one_job_and_its_records_are_merged(cases, scheduler, tmp_path):
    mine = campaign_of(cases, tmp_path)
    assert len(mine.left) == 4
    assert len(list(mine.run())) == 4
    assert scheduler.numbers == [1, 2]
    assert {one.cell for one in RecordFile(tmp_path / "records.jsonl").read()} == {
        (case.key, number) for case in cases for number in (1, 2)
    }
    assert mine.left == []
    assert campaign_of(cases, tmp_path).left == []


@pytest.mark.parametrize(
    ("end", "status"),
    [("NODE_FAIL", "crashed"), ("CANCELLED", "interrupted"), ("OUT_OF_MEMORY", "memory"), ("TIMEOUT", "timeout")],
)
def test_a_round_whose_job_failed_is_named_and_measured_whole_on_another_node(cases, scheduler, tmp_path, end, status):
    scheduler.ends, scheduler.done = [end], [1]
    mine = campaign_of(cases, tmp_path, rounds=1)
    records = list(mine.run())
    assert [one.status for one in records] == ["ok", status, "ok", "ok"]
    assert records[1].reason == f"job 7_0 on n0: {end}"
    assert scheduler.avoided == ["", "n0"]
    assert {one.host for one in latest(mine.records)} == {"7_1"}


def test_a_round_that_fails_again_is_left_to_resume(cases, scheduler, tmp_path):
    scheduler.ends, scheduler.done = ["TIMEOUT", "TIMEOUT"], [0, 0]
    mine = campaign_of(cases, tmp_path, rounds=1, nodes=1)
    assert {one.status for one in mine.run()} == {"timeout"}
    assert scheduler.numbers == [1, 1]
    assert scheduler.avoided == ["", ""]  # a single node has no other
    assert len(mine.left) == 2
    again = campaign_of(cases, tmp_path, rounds=1)
    assert {one.status for one in again.run()} == {"ok"}
    assert again.left == []


def test_whoever_stops_listening_cancels_the_jobs(cases, scheduler, tmp_path):
    scheduler.ends = ["COMPLETED", "RUNNING"]
    running = campaign_of(cases, tmp_path).run()
    next(running)
    running.close()
    assert "7_1" in scheduler.cancelled
