"""The race for one task, first on a piece and then on the whole files, on times that are known."""

import time
from itertools import islice

import pytest
from fake_measurer import FakeMeasurer, case

from rasterbout.measure.once import Effort
from rasterbout.plan import Axes, Task
from rasterbout.race import advice
from rasterbout.race.advice import Advice, Plan
from rasterbout.race.elimination import Rules, State
from rasterbout.record import Record

PIECE, WHOLE = 96, 192
BACKENDS = ("dask-coarsen", "gdal-cli", "numba-fused", "rasterio-windows")


def task(size):
    return Task(dataset=f"tile-{size}", size=size, operation=case(size=size).operation)


@pytest.fixture
def raced(monkeypatch, tmp_path):
    """Returns the advice after a race, the lines it said, and the settings measured in each round on the whole."""

    def race(piece_s, whole_s, budget_s=3600.0, most=None):
        measurers = []

        def fake(*_):
            measurers.append(FakeMeasurer(seconds))
            return measurers[-1]

        def seconds(one, number):
            known = piece_s if one.size == PIECE else whole_s
            noise = 1 + 0.002 * ((number * 7 + BACKENDS.index(one.backend)) % 3)
            found = known[one.backend]
            return found if isinstance(found, str) else found * noise

        monkeypatch.setattr(advice, "Measurer", fake)
        plan = Plan(
            task=task(WHOLE), piece=task(PIECE), backends=list(whole_s), unable={"otb-cli": "it is not installed"},
            axes=Axes(chunks=[256], workers=[1]), effort=Effort(repeats=1, timeout_s=60), rules=Rules(),
            budget_s=budget_s, seed=3,
        )  # fmt: skip
        said = []
        found = Advice(plan, tmp_path, said.append)
        records = list(islice(found.run(), most))
        whole = {}
        for record in records:
            if record.size == WHOLE:
                whole.setdefault(record.round, set()).add(record.backend)
        return found, said, whole

    return race


def test_the_best_on_the_piece_go_on_to_the_whole(raced):
    times = {"dask-coarsen": 9.0, "gdal-cli": 2.0, "numba-fused": 1.0, "rasterio-windows": 1.5}
    found, said, whole = raced(times, {name: 4 * time_s for name, time_s in times.items()})
    assert whole[1] == {"gdal-cli", "numba-fused", "rasterio-windows"}
    outcome = found.outcome()
    assert (outcome.best.backend, outcome.best.size, outcome.state) == ("numba-fused", WHOLE, State.WON)
    assert outcome.screened == 1
    assert outcome.unable == {"otb-cli": "it is not installed"}
    assert said == ["3 of 4 settings are within 3 times the fastest on a piece of the files, and go on to the whole"]


def test_a_setting_comes_back_if_the_order_changes(raced):
    piece = {"dask-coarsen": 3.5, "gdal-cli": 2.9, "numba-fused": 1.0, "rasterio-windows": 2.0}
    whole = {"dask-coarsen": 5.0, "gdal-cli": 11.0, "numba-fused": 10.0, "rasterio-windows": 12.0}
    found, said, rounds = raced(piece, whole)
    assert "dask-coarsen" not in rounds[1]
    assert found.outcome().best.backend == "dask-coarsen"
    assert said[1:] == ["the order changed on the whole files: 1 settings come back, as they could win there"]


def test_an_interrupt_after_settings_came_back_keeps_the_answer_on_the_whole(raced):
    piece = {"dask-coarsen": 3.5, "gdal-cli": 2.9, "numba-fused": 1.0, "rasterio-windows": 2.0}
    whole = {"dask-coarsen": 5.0, "gdal-cli": 11.0, "numba-fused": 10.0, "rasterio-windows": 12.0}
    found, _, _ = raced(piece, whole, most=4 + 3 + 1)  # the piece, the first round, one of the second
    outcome = found.outcome()
    assert (outcome.best.backend, outcome.best.size, outcome.rounds) == ("numba-fused", WHOLE, 1)


def test_a_setting_that_fails_on_the_piece_is_reported(raced):
    piece = {"gdal-cli": "wrong", "numba-fused": 1.0, "rasterio-windows": 1.5}
    found, _, whole = raced(piece, {"gdal-cli": 0.1, "numba-fused": 4.0, "rasterio-windows": 6.0})
    assert whole[1] == {"numba-fused", "rasterio-windows"}
    assert [reason[:5] for reason in found.outcome().failed.values()] == ["wrong"]


def test_the_budget_limits_the_settings_on_the_whole(raced):
    times = dict.fromkeys(BACKENDS, 10.0)
    _, said, whole = raced(times, dict.fromkeys(times, 40.0), budget_s=300.0)
    assert len(whole[1]) == 3  # of 40 s each: half of the budget, while its rest serves the fastest of them
    assert said[0].endswith("go on to the whole, limited to the 3 fastest by the budget")


def test_a_backend_starts_once_for_all_its_settings_on_the_whole():
    piece = [
        Record(**case(chunk=chunk).fields, round=1, status="ok", wall_s=[1.0], startup_s=5.0, verify_s=2.0)
        for chunk in (256, 512, 1024)
    ]
    assert advice._round_s(piece, scale=4.0) == 5.0 + 4.0 * (3 * 1.0 + 2.0)


def test_without_time_for_the_whole_one_setting_is_still_measured_there(raced, monkeypatch):
    hours = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: 3600.0 * next(hours))
    times = {"numba-fused": 1.0, "rasterio-windows": 1.5}
    found, _, whole = raced(times, times, budget_s=1.0)
    outcome = found.outcome()
    assert len(whole[1]) == 1
    assert {outcome.best.backend} == whole[1]
    assert len(outcome.left_out) == 1
