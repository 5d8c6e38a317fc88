"""What a run adds to its records beside what the process of a case measured."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from rasterbout.case import Case
from rasterbout.datasets import load
from rasterbout.measure import measurer, runner
from rasterbout.measure.once import Effort
from rasterbout.resources import Resources


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Returns the record of a case whose process and floor gave these facts."""
    case = Case(
        operation=load("s2-tile", size=96).operation("ndvi"),
        backend="rasterio-windows", dataset="s2-tile", size=96, resources=Resources(),
    )  # fmt: skip

    def process(facts):
        ended = SimpleNamespace(
            until_it_ends=lambda: facts, outcome=lambda _: facts, verified=[], host_floors_s={}, touched=""
        )
        return lambda *_: contextmanager(lambda: (yield ended))()

    def run(facts, floor):
        monkeypatch.setattr(measurer, "measuring", process(facts))
        monkeypatch.setattr(measurer, "measuring_floor", process(floor))
        settings = runner.Settings(rounds=1, effort=Effort(repeats=1, timeout_s=9))
        (record,) = runner.Runner([case], settings, tmp_path).run()
        return record

    return run


GOOD = {"status": "ok", "reason": "", "wall_s": [1.0], "cpu_s": [], "energy_j": []}


def test_the_floor_is_the_median_of_its_copies(measured):
    record = measured(GOOD, GOOD | {"wall_s": [3.0, 1.0, 2.0], "cpu_s": [9.0, 7.0, 8.0], "energy_j": [4.0, 1.0, 1.0]})
    floors = (record.floor_s, record.floor_cpu_s, record.floor_energy_j)
    assert (floors, record.reason) == ((2.0, 8.0, 2.0), "")


def test_a_floor_that_could_not_be_measured_is_the_reason(measured):
    record = measured(GOOD, {"status": "timeout", "reason": "not done after 9 s"})
    assert (record.floor_s, record.wall_s) == (None, [1.0])
    assert record.reason == "its floor could not be measured: not done after 9 s"


def test_a_failure_comes_before_that_of_its_floor(measured):
    record = measured({"status": "crashed", "reason": "exit status 3"}, {"status": "crashed", "reason": "no"})
    assert (record.reason, record.wall_s) == ("exit status 3", [])
