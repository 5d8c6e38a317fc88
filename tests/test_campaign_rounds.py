"""Rounds as jobs, with a scheduler of the test's own."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from rasterbout.case import Case
from rasterbout.cluster import campaign
from rasterbout.cluster.campaign import Campaign
from rasterbout.cluster.slurm import JobState, Site
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
def scheduler(monkeypatch, tmp_path):
    """Runs jobs at once; ``ends`` are the states in which they end, ``done`` the cases that they do before."""
    found = SimpleNamespace(ends=[], done=[], jobs=[], cancelled=[], avoided=[], said="")

    def submit(function, arguments, folder, site, avoid):
        found.avoided.append(avoid)
        return [job(*one) for one in zip(*arguments, strict=True)]

    def job(cases, effort, folder, number):
        name = f"7_{len(found.jobs)}"
        found.jobs.append(number)
        file = RecordFile(folder / "records.jsonl", part=f"job-{name}")
        done = found.done.pop(0) if found.done else len(cases)
        for case in cases[:done]:
            started_at = datetime.now(UTC).isoformat(timespec="microseconds")
            record = replace(RECORD, **case.fields, round=number, host=name, started_at=started_at)
            file.append(record)
        return SimpleNamespace(job_id=name, cancel=lambda: found.cancelled.append(name), stderr=lambda: found.said)

    def state_of(name):
        index = int(name.partition("_")[2])
        return JobState(name=found.ends[index] if index < len(found.ends) else "COMPLETED", node=f"n{index}")

    monkeypatch.setattr(campaign, "submit", submit)
    monkeypatch.setattr(campaign, "state_of", state_of)
    monkeypatch.setattr(campaign, "POLL_S", 0.0)
    return found


def campaign_of(cases, folder, rounds=2, nodes=2):
    settings = Settings(rounds=rounds, effort=Effort(repeats=1, timeout_s=9))
    return Campaign(cases, settings, folder, Site(nodes=nodes))


def test_each_round_is_one_job_and_its_records_are_merged(cases, scheduler, tmp_path):
    mine = campaign_of(cases, tmp_path)
    assert len(mine.left) == 4
    assert len(list(mine.run())) == 4
    assert scheduler.jobs == [1, 2]
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
    assert scheduler.jobs == [1, 1]
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
