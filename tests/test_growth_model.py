"""The model of growth gives what queueing theory and hand calculation give."""

import importlib
import math
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[1] / "tools"


@pytest.fixture
def model(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module("growth_model")


@pytest.mark.parametrize(("chunks", "workers"), [(1, 1), (12, 4), (13, 4), (3, 8), (729, 256)])
def test_free_of_overhead_it_takes_as_many_turns_as_the_busiest_worker_has_chunks(model, chunks, workers):
    assert model.simulate(chunks, workers, chunk_s=0.5) == 0.5 * math.ceil(chunks / workers)


def test_many_workers_wait_for_the_scheduler(model):
    # The last of 100 chunks is handed out after 100 x 2 s, and then takes 5 s.
    assert model.simulate(100, 8, chunk_s=5.0, scheduler_s=2.0) == 205.0


def test_one_worker_hides_the_scheduler_but_for_the_first_chunk(model):
    assert model.simulate(100, 1, chunk_s=5.0, scheduler_s=2.0) == 502.0


def test_many_workers_wait_for_the_storage(model):
    assert model.simulate(100, 64, chunk_s=5.0, storage_s=2.0) == 205.0


def test_one_worker_waits_for_each_of_its_chunks(model):
    assert model.simulate(10, 1, chunk_s=5.0, storage_s=2.0) == 70.0


def test_two_workers_share_the_storage_without_a_wait_once_they_take_turns(model):
    # By hand: reading 0-2, 2-4, 7-9, 9-11, ...; each worker has 5 s of work after 2 s of reading.
    assert model.simulate(4, 2, chunk_s=5.0, storage_s=2.0) == 16.0


@pytest.fixture
def costs(model):
    return model.Costs(
        pixel_s=0.01, task_s=0.5, scheduler_s=0.25, graph_s=0.125, fixed_s=3.0, pixel_moved=0.0, pixel_stored=4.0
    )


@pytest.fixture
def job(model):
    return model.Job(pixels=1600, chunks=16, tasks=32)  # a chunk: 100 pixels, 2 tasks, 1 + 1 s of work


def test_a_scheduler_apart_works_while_workers_do(model, costs, job):
    # 3 + 32 x 0.125 s for the graph; the first chunk is handed out after 2 x 0.25 s; 16 chunks of 2 s.
    assert model.forecast(costs, job, 1) == model.Forecast(wall_s=3 + 4 + 0.5 + 32, limit="work")


def test_a_scheduler_on_the_cores_of_the_workers_adds_its_time(model, costs, job):
    assert model.forecast(costs, job, 2, apart=False) == model.Forecast(wall_s=3 + 4 + 8 * 2.5, limit="work")


def test_it_names_the_scheduler_as_the_limit(model, costs, job):
    # 16 workers: 16 chunks x 0.5 s of scheduling, and the work of the last, 2 s.
    assert model.forecast(costs, job, 16) == model.Forecast(wall_s=7 + 8 + 2, limit="scheduler")


def test_it_names_the_storage_as_the_limit(model, costs, job):
    # 6400 bytes at 100 bytes a second, after 0.5 s of scheduling.
    assert model.forecast(costs, job, 16, bandwidth=100.0) == model.Forecast(wall_s=7 + 0.5 + 64 + 2, limit="storage")


def test_bytes_between_workers_cost_time_only_if_there_are_several(model, costs, job, monkeypatch):
    monkeypatch.setattr(model, "NETWORK", 100.0)
    moving = model.Costs(**(vars(costs) | {"pixel_moved": 1.0, "scheduler_s": 0.0}))
    assert model.forecast(moving, job, 1).wall_s == 7 + 32
    assert model.forecast(moving, job, 2).wall_s == 7 + 8 * 3


@pytest.mark.parametrize(
    ("walls_s", "workers"),
    [({1: 8.0, 2: 4.0, 4: 3.7, 8: 1.0}, 2), ({1: 8.0, 2: 7.3}, 1), ({1: 8.0, 2: 4.0, 4: 2.0}, 4)],
)
def test_more_workers_pay_until_a_doubling_saves_less_than_a_tenth(model, walls_s, workers):
    assert model.paying(walls_s) == workers
