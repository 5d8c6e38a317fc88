"""``rasterbout compare`` as its user sees it: verdicts, summary, exit status."""

import json
import random
from dataclasses import replace
from functools import partial

import pytest

import command_line
from command_line import refusal
from rasterbout.record_file import RecordFile
from test_records import RECORD

pytestmark = pytest.mark.slow


@pytest.fixture
def rasterbout(tmp_path):
    """The command line, called in an empty folder."""
    return partial(command_line.rasterbout, cwd=tmp_path)


@pytest.fixture
def folder(tmp_path):
    """Makes the folder of a run: rounds of some backends, each of so many seconds, or with such fields."""

    def make(name, rounds=10, **changes):
        chance = random.Random(name)
        path = tmp_path / name
        path.mkdir()
        for backend, change in changes.items():
            factor_s, fields = (change, {}) if isinstance(change, float) else (1.0, change)
            for number in range(1, rounds + 1):
                wall_s = [factor_s * chance.uniform(0.99, 1.01)]
                record = replace(RECORD, backend=backend, round=number, wall_s=wall_s, floor_s=0.1)
                RecordFile(path / "records.jsonl").append(replace(record, **fields))
        return path

    return make


OUTCOMES = {
    "equal": ({"a": 1.0}, {"a": 1.0}, 0, "no regression; 1 of 1 cases measured"),
    "faster": ({"a": 1.0}, {"a": 0.5}, 0, "faster: 0.5"),
    "slower": ({"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1.1}, 1, "a regression; 2 of 2 cases measured"),
    "wrong": ({"a": 1.0}, {"a": {"status": "wrong", "wall_s": [], "reason": "7 wrong pixels"}}, 5, "7 wrong pixels"),
    "crashed": ({"a": 1.0}, {"a": {"status": "crashed", "wall_s": [], "reason": "exit status 3"}}, 4, "exit status 3"),
    "missing on a side": ({"a": 1.0, "b": 1.0}, {"a": 1.0}, 4, "1 of 2 cases measured"),
}  # fmt: skip


@pytest.mark.parametrize(("base", "head", "status", "expected"), OUTCOMES.values(), ids=OUTCOMES)
def test_two_runs_are_compared(rasterbout, folder, base, head, status, expected):
    done = rasterbout("compare", folder("base", **base), folder("head", **head))
    assert done.returncode == status, done.stdout + done.stderr
    assert expected in done.stdout


def test_few_rounds_are_inconclusive(rasterbout, folder):
    done = rasterbout("compare", folder("base", rounds=3, a=1.0), folder("head", rounds=3, a=2.0))
    assert done.returncode == 3
    assert "3 pairs cannot show any slowdown" in done.stdout


def test_cases_that_neither_side_supports_are_listed_and_left_out(rasterbout, folder):
    cannot = {"status": "unavailable", "wall_s": [], "reason": "no otbcli_BandMath on PATH"}
    done = rasterbout("compare", folder("base", a=1.0, b=cannot), folder("head", a=1.0, b=cannot))
    assert done.returncode == 0
    assert "left out: base: unavailable: no otbcli_BandMath on PATH" in done.stdout


def test_nothing_measured_is_never_green(rasterbout, folder, tmp_path):
    (tmp_path / "empty").mkdir()
    assert rasterbout("compare", folder("base", a=1.0), tmp_path / "empty").returncode == 2
    (tmp_path / "empty/records.jsonl").touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/records.jsonl").touch()
    done = rasterbout("compare", tmp_path / "empty", tmp_path / "other")
    assert done.returncode == 4
    assert "0 of 0 cases measured" in done.stdout


def test_the_verdicts_for_people_and_for_machines(rasterbout, folder, tmp_path):
    base, head = folder("base", a=1.0, b=1.0), folder("head", a=1.0, b=1.5)
    done = rasterbout("compare", base, head, "--json", "--markdown", tmp_path / "verdict.md")
    printed = json.loads(done.stdout)
    assert (done.returncode, printed["outcome"]) == (1, "regression")
    assert {verdict["name"].split()[1]: verdict["finding"] for verdict in printed["verdicts"]} == {
        "a": "same",
        "b": "slower",
    }
    page = (tmp_path / "verdict.md").read_text()
    assert page.startswith("## a regression; 2 of 2 cases measured\n")
    assert "| ndvi b on s2-tile 512, tiled, none, cache warm, chunk auto, workers 2 | slower: 1." in page


def test_libraries_that_differ_are_listed(rasterbout, folder, tmp_path):
    base, head = folder("base", a=1.0), folder("head", a=1.0)
    for side, libraries in ((base, {"dask": "1", "numpy": "2"}), (head, {"dask": "3", "numpy": "2", "numba": "4"})):
        (side / "environment.json").write_text(json.dumps({"libraries": libraries}))
    done = rasterbout("compare", base, head, "--markdown", tmp_path / "verdict.md", "--json")
    assert "dask 1 -> 3, numba none -> 4\n" in done.stderr
    assert json.loads(done.stdout)["libraries"] == ["dask 1 -> 3", "numba none -> 4"]
    assert "\n- dask 1 -> 3\n- numba none -> 4\n" in (tmp_path / "verdict.md").read_text()


@pytest.mark.parametrize("words", [("HEAD", "HEAD~1"), ("runs/a", "runs/b")])
def test_an_argument_that_is_neither_run_nor_revision_is_refused(rasterbout, words):
    done = rasterbout("compare", *words)
    assert done.returncode == 2
    assert "neither the folder of a run nor a git revision here" in done.stderr
    assert "Traceback" not in done.stderr


def test_folders_are_not_measured_on_nodes(rasterbout, folder):
    done = rasterbout("compare", folder("base", a=1.0), folder("head", a=1.0), "--on", "slurm")
    assert "are folders, of runs that were measured; leave --on out" in refusal(done)


def test_nodes_without_a_cluster_are_refused(rasterbout):
    assert "name it, as in --on slurm" in refusal(rasterbout("compare", "HEAD", "HEAD~1", "--nodes", "2"))
