"""Which sizes and numbers of workers ``--preset scaling`` measures."""

import math

import pytest
from rich.console import Console

from rasterbout.cli import choice as module
from rasterbout.cli.choice import Choice
from rasterbout.cli.tasks import Wanted
from rasterbout.presets import PRESETS, DatasetChoice, grown

SCALING = PRESETS["scaling"]
LOCAL, SCHEDULED = "rasterio-windows", "dask-map-blocks"


@pytest.fixture
def measured(monkeypatch, tmp_path):
    """Returns, for each backend, the sizes and numbers of workers that are measured on a machine with some cores."""
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path))

    def measured(cores, preset=SCALING, size=(64,), **chosen):
        monkeypatch.setattr(module, "available_cores", lambda: cores)
        wanted = Wanted(names=None, parameters={}, layouts=None)
        usual = {"backends": (LOCAL, SCHEDULED), "dataset": None, "chunks": None, "workers": None, "cache": "warm"}
        options = {"oversubscribe": False, "memory_limit": None, "files": {}, "bands": {}, **usual, **chosen}
        cases = Choice(wanted=wanted, size=size, **options).cases(preset, Console(quiet=True))
        return {
            name: [(case.size, case.resources.workers) for case in cases if case.backend == name]
            for name in (LOCAL, SCHEDULED)
        }

    return measured


STRONG = [(64, 1), (64, 2), (64, 4)]
WEAK = [(91, 2), (128, 4)]  # 64 x the roots of 2 and of 4


def test_each_larger_raster_is_for_its_own_number_of_workers(measured):
    assert measured(4) == {LOCAL: STRONG + WEAK, SCHEDULED: STRONG + WEAK}


def test_the_numbers_of_workers_end_at_the_cores(measured):
    assert measured(2)[LOCAL] == [(64, 1), (64, 2), (91, 2)]
    assert measured(3)[LOCAL] == [(64, 1), (64, 2), (64, 3), (91, 2), (111, 3)]
    assert measured(1)[LOCAL] == [(64, 1)]


def test_workers_of_a_scheduler_are_as_many_as_asked_for_and_those_here_as_the_cores(measured):
    found = measured(2, scheduler="tcp://a:1", workers=(1, 2, 4))
    assert found == {LOCAL: [(64, 1), (64, 2), (91, 2)], SCHEDULED: STRONG + WEAK}
    assert measured(2, scheduler="tcp://a:1")[SCHEDULED][-1] == (256, 16)


def test_sizes_for_workers_that_no_chosen_backend_has_are_not_made(measured, tmp_path):
    measured(2, scheduler="tcp://a:1", backends=(LOCAL,))
    assert {folder.name.split("-")[3] for folder in (tmp_path / "datasets").iterdir() if folder.is_dir()} == {
        "64",
        "91",
    }


def test_both_kinds_follow_the_users_own_numbers_from_the_fewest(measured):
    assert measured(8, workers=(6, 2))[LOCAL] == [(64, 6), (64, 2), (111, 6)]
    assert measured(1, workers=(1, 4), oversubscribe=True)[LOCAL] == [(64, 1), (64, 4), (128, 4)]


def test_other_presets_measure_one_size_with_all_workers(measured):
    assert measured(4, preset=PRESETS["smoke"], dataset=("s2-tile",), workers=(1, 2))[LOCAL] == [
        (64, workers) for _ in range(4) for workers in (1, 2)  # four operations
    ]  # fmt: skip


def test_pixels_are_in_proportion_to_workers():
    sizes = [(one.size, *(one.workers or (1,))) for one in grown(SCALING.datasets[0], SCALING.workers)]
    base = sizes[0][0] ** 2
    assert [workers for _, workers in sizes] == [1, 2, 4, 8, 16]
    assert all(math.isclose(size**2 / base, workers, rel_tol=1e-3) for size, workers in sizes)


def test_a_dataset_of_fixed_size_does_not_grow():
    toulouse = DatasetChoice(name="toulouse")
    assert list(grown(toulouse, (1, 2, 4))) == [toulouse]
