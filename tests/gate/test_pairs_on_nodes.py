"""Pairs as jobs, with a scheduler of the test's own."""

import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fake_slurm import FakeSlurm
from rasterbout.case import Case
from rasterbout.cluster.slurm import Site
from rasterbout.datasets import load
from rasterbout.gate.decision import ExitStatus, decide, exit_status
from rasterbout.gate.duel_on_nodes import DuelOnNodes
from rasterbout.gate.pair_job import measure_pair, pairs_of_job
from rasterbout.gate.pairs import SIDES
from rasterbout.measure.once import Effort
from rasterbout.measure.runner import Settings
from rasterbout.resources import Resources

SETTINGS = Settings(rounds=10, effort=Effort(repeats=1, timeout_s=60))
HERE = dict.fromkeys(SIDES, Path(sys.executable))
A, B = "rasterio-windows", "numba-fused"


@pytest.fixture
def cases():
    operation = load("s2-tile", size=96).operation("ndvi")
    return [
        Case(operation=operation, backend=name, dataset="s2-tile", size=96, resources=Resources()) for name in (A, B)
    ]


@pytest.fixture
def slurm(monkeypatch):
    """Runs jobs at once, each on a node twice as slow as the one before; HEAD takes ``ratio`` of the time of BASE.

    ``done`` are the numbers of cases that the jobs measure before they end, ``fields`` what differs in their lines,
    ``measured`` the backends of each job.
    """
    chance = random.Random(1)

    def measure(job_id, cases, pythons, settings, folder, number):
        index = int(job_id.partition("_")[2])
        found.measured.append([case.backend for case in cases])
        lines = []
        for case in cases[: found.done.get(index, len(cases))]:
            base_s, head_s = (2**index * factor * chance.uniform(0.99, 1.01) for factor in (1.0, found.ratio))
            line = {"pair": number, "host": f"n{index}", "key": case.key, "name": case.backend, "broken": ""}
            line |= {"base_s": [base_s], "head_s": [head_s], "wrong": "", "left_out": ""}
            lines.append(json.dumps(line | found.fields.get((index, case.backend), {})) + "\n")
        (folder / f"pairs.job-{job_id}-0.jsonl").write_text("".join(lines))

    found = FakeSlurm(monkeypatch, measure)
    found.done, found.fields, found.measured, found.ratio = {}, {}, [], 1.0
    return found


def fought(cases, folder, rounds=10, nodes=2):
    """Return the duel and what it printed."""
    duel = DuelOnNodes(cases, HERE, replace(SETTINGS, rounds=rounds), folder, Site(nodes=nodes))
    return duel, list(duel.fight())


def result(duel):
    pairs = list(duel.cases.values())
    decisions = decide(pairs, 0.1)
    return {case.key[-5]: one for case, one in zip(pairs, decisions, strict=True)}, exit_status(pairs, decisions)


@pytest.mark.parametrize(("ratio", "finding", "status"), [(1.0, "same", 0), (1.3, "slower", 1)])
def test_differences_between_nodes_cancel_in_the_pairs(cases, slurm, tmp_path, ratio, finding, status):
    slurm.ratio = ratio
    duel, lines = fought(cases, tmp_path)
    found, exited = result(duel)
    assert {(one.finding, one.pairs) for one in found.values()} == {(finding, 10)}
    assert [one.ratio for one in found.values()] == pytest.approx([ratio, ratio], rel=0.02)
    assert exited == status
    assert slurm.numbers == list(range(1, 11))
    assert lines[2] == "pair 3/10: on n2"


@pytest.mark.parametrize("end", ["NODE_FAIL", "CANCELLED", "OUT_OF_MEMORY", "TIMEOUT"])
def test_a_job_that_failed_is_named_and_the_rest_of_its_pair_measured_on_another_node(cases, slurm, tmp_path, end):
    slurm.ends, slurm.done = ["COMPLETED", end], {1: 1}
    duel, lines = fought(cases, tmp_path)
    assert lines[1].startswith(f"pair 2/10: job 7_1 on n1: {end}; 1 of 2 cases are measured again; see {tmp_path}")
    assert lines[-1] == "pair 2/10: on n10"
    assert slurm.avoided == ["", "n1"]
    assert slurm.measured[10] == [B]
    assert {one.pairs for one in result(duel)[0].values()} == {10}
    assert result(duel)[1] == ExitStatus.GOOD


def test_a_case_short_of_a_pair_is_decided_without_it(cases, slurm, tmp_path):
    slurm.ends, slurm.done = ["TIMEOUT", *9 * ["COMPLETED"], "TIMEOUT"], {0: 1, 10: 0}
    duel, lines = fought(cases, tmp_path, nodes=1)
    found, status = result(duel)
    assert {name: one.pairs for name, one in found.items()} == {A: 10, B: 9}
    assert lines[-2].startswith("pair 1/10: job 7_10 on n10: TIMEOUT; 1 of 2 cases are left without it")
    assert lines[-1].endswith("decided without 1 of 10 pairs")
    assert lines[-1].startswith(f"ndvi {B} on s2-tile 96")
    assert slurm.avoided == ["", ""]  # a single node has no other
    assert status == ExitStatus.GOOD


def test_too_few_pairs_are_never_green(cases, slurm, tmp_path):
    slurm.done = dict.fromkeys(range(5), 0) | dict.fromkeys(range(10, 15), 0)
    duel, _ = fought(cases, tmp_path)
    assert {(one.finding, one.pairs) for one in result(duel)[0].values()} == {("inconclusive", 5)}
    assert result(duel)[1] == ExitStatus.INCONCLUSIVE


def test_a_case_without_any_pair_is_broken_and_says_why(cases, slurm, tmp_path):
    slurm.ends, slurm.done = 20 * ["OUT_OF_MEMORY"], dict.fromkeys(range(10), 1) | dict.fromkeys(range(10, 20), 0)
    duel, _ = fought(cases, tmp_path)
    found, status = result(duel)
    assert (found[A].finding, found[A].pairs) == ("same", 10)
    assert found[B].describe() == (
        "broken: no pair was measured, the last because of job 7_19 on n19: OUT_OF_MEMORY"
    )  # fmt: skip
    assert status == ExitStatus.BROKEN


def test_a_case_that_failed_in_one_pair_is_not_green(cases, slurm, tmp_path):
    none = {"base_s": [], "head_s": []}
    slurm.fields = {(3, A): none | {"broken": "head: crashed: no"}, (4, B): none | {"wrong": "head: wrong: 3 pixels"}}
    found, status = result(fought(cases, tmp_path)[0])
    assert (found[A].finding, found[B].finding, status) == ("broken", "wrong", ExitStatus.WRONG)


def test_a_case_that_one_node_cannot_do_is_decided_on_the_others(cases, slurm, tmp_path):
    slurm.fields = {(3, B): {"base_s": [], "head_s": [], "left_out": "base: unavailable: no OTB"}}
    duel, lines = fought(cases, tmp_path)
    assert {name: one.pairs for name, one in result(duel)[0].items()} == {A: 10, B: 9}
    assert lines[-2].endswith("cannot be done on every node: base: unavailable: no OTB")
    assert lines[-1].endswith("decided without 1 of 10 pairs")


def test_a_line_that_was_cut_off_is_no_pair_and_one_of_a_requeued_job_counts_once(cases, slurm, tmp_path):
    duel, _ = fought(cases[:1], tmp_path, rounds=1)
    first = tmp_path / "pairs.job-7_0-0.jsonl"
    (tmp_path / "pairs.job-7_0-1.jsonl").write_text(first.read_text())
    first.write_text(first.read_text() + first.read_text()[:40])
    (found, _) = pairs_of_job(tmp_path, "7_0")
    assert found.base_s == duel.cases[cases[0].key].base_s
    slurm.work = lambda job_id, *_: None
    slurm.numbers.clear()
    again, _ = fought(cases[:1], tmp_path, rounds=1)
    assert again.cases[cases[0].key].base_s == found.base_s


def test_whoever_stops_listening_cancels_the_jobs(cases, slurm, tmp_path):
    slurm.ends = ["COMPLETED", "RUNNING"]
    lines = DuelOnNodes(cases, HERE, SETTINGS, tmp_path, Site(nodes=2)).fight()
    next(lines)
    lines.close()
    assert "7_1" in slurm.cancelled


@pytest.mark.slow
def test_what_a_job_measures_is_what_the_submitter_reads(cases, monkeypatch, tmp_path):
    monkeypatch.setattr("rasterbout.cluster.node.signal.signal", lambda *_: None)
    for name, value in {"SLURM_JOB_ID": "12", "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "3"}.items():
        monkeypatch.setenv(name, value)
    for name in ("SLURM_TMPDIR", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    measure_pair(cases, HERE, SETTINGS, tmp_path, 4)
    found = list(pairs_of_job(tmp_path, "7_3"))
    assert {one.key for one in found} == {case.key for case in cases}
    assert all(len(one.base_s) == len(one.head_s) == 1 and one.base_s[0] > 0 < one.head_s[0] for one in found)
    assert not any(one.wrong or one.broken or one.left_out for one in found)
    lines = [json.loads(line) for line in (tmp_path / "pairs.job-7_3-0.jsonl").read_text().splitlines()]
    assert {(line["pair"], line["host"]) for line in lines} == {(4, lines[0]["host"])}
    assert {path.name for path in tmp_path.iterdir()} == {"pairs.job-7_3-0.jsonl", "environment.job-7_3-0.json"}
