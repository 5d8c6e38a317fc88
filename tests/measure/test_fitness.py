"""Rounds held against each other by their floors, on cases computed by hand."""

from dataclasses import replace

import pytest

from rasterbout.fitness import moved, unfit_rounds
from test_records import RECORD


def rounds(*floors_s, **fields):
    """Return a record for each round, from 1, with that floor."""
    return [
        replace(RECORD, round=number, floor_s=floor_s, **fields) for number, floor_s in enumerate(floors_s, start=1)
    ]


@pytest.mark.parametrize(
    ("floors_s", "ratios", "unfit"),
    [
        ((2.0, 2.0, 2.0), (1, 1, 1), []),
        ((1.0, 1.1, 0.9), (1, 1.1, 0.9), []),
        ((1.0, 2.0, 1.0), (1, 2, 1), [2]),
        ((1.0, 1.0, 0.25), (1, 1, 0.25), [3]),
        ((1.0, 1.25, 0.75), (1, 1.25, 0.75), []),
        ((1.0, 1.4, 0.6), (1, 1.4, 0.6), []),
        ((1.0, 1.6, 0.4), (1, 1.6, 0.4), [2, 3]),
        ((1.0, 3.0, 5.0, 3.0, 3.0), (1 / 3, 1, 5 / 3, 1, 1), [1, 3]),
        ((2.0, 1.0, 8.0, 2.0), (1, 0.5, 4, 1), [3]),
    ],
)
def test_a_round_is_unfit_when_its_floors_moved_by_more_than_half(floors_s, ratios, unfit):
    assert list(moved(rounds(*floors_s)).values()) == pytest.approx(ratios)
    assert unfit_rounds(rounds(*floors_s)) == unfit


@pytest.mark.parametrize("floors_s", [(), (1.0,), (1.0, 9.0)])
def test_of_fewer_than_three_rounds_nobody_can_say(floors_s):
    assert moved(rounds(*floors_s)) == dict.fromkeys(range(1, len(floors_s) + 1), 1.0)
    assert unfit_rounds(rounds(*floors_s)) == []


def test_floors_that_are_too_short_decide_nothing():
    assert moved(rounds(0.001, 0.001, 0.012)) == {1: 1, 2: 1, 3: 1}


def test_short_floors_decide_together():
    records = [one for name in "abcdefghij" for one in rounds(0.005, 0.005, 0.01, dataset=name)]
    assert moved(records) == pytest.approx({1: 1, 2: 1, 3: 2})


def test_what_moves_a_small_dataset_alone_does_not_move_the_round():
    records = rounds(10.0, 10.0, 10.0, dataset="large") + rounds(0.1, 0.1, 0.9, dataset="small")
    assert moved(records) == pytest.approx({1: 1, 2: 1, 3: 10.9 / 10.1})
    assert unfit_rounds(records) == []


def test_what_moves_a_large_dataset_moves_the_round():
    records = rounds(10.0, 10.0, 30.0, dataset="large") + rounds(0.1, 0.1, 0.1, dataset="small")
    assert moved(records) == pytest.approx({1: 1, 2: 1, 3: 30.1 / 10.1})
    assert unfit_rounds(records) == [3]


def test_a_floor_counts_once_however_many_backends_share_it():
    large = [one for name in "abcdefgh" for one in rounds(1.0, 1.0, 1.0, dataset="one", backend=name)]
    assert moved(large + rounds(1.0, 1.0, 3.0, dataset="other")) == pytest.approx({1: 1, 2: 1, 3: 2})


@pytest.mark.parametrize(
    "other",
    [
        {"dataset": "toulouse"}, {"size": 1024}, {"operation": "downscale"}, {"layout": "striped"},
        {"parameters": {"factor": 3}}, {"compress": "deflate"}, {"workers": 1}, {"threads": 4},
        {"cache_asked": "cold"}, {"inputs": ["/other.tif"]},
    ],
    ids=str,
)  # fmt: skip
def test_floors_of_other_work_are_not_held_against_each_other(other):
    some, others = rounds(1.0, 1.0, 1.0), rounds(10.0, 10.0, 10.0, **other)
    mixed = [some[0], others[0], others[1], some[1], some[2], others[2]]
    assert moved(mixed) == {1: 1, 2: 1, 3: 1}


def test_a_round_without_floors_did_not_move():
    assert moved(rounds(1.0, None, 1.0, 3.0, 1.0)) == {1: 1, 2: 1, 3: 1, 4: 3, 5: 1}
    assert moved(rounds(None, None, None)) == {1: 1, 2: 1, 3: 1}


def test_of_fewer_than_three_rounds_with_a_floor_nobody_can_say():
    assert moved(rounds(1.0, 4.0, None)) == {1: 1, 2: 1, 3: 1}


def test_a_floor_of_two_rounds_among_others_of_three_decides_nothing():
    assert unfit_rounds(rounds(1.0, 1.0, 1.0) + rounds(10.0, 40.0, None, dataset="added later")) == []


def test_the_order_of_the_records_does_not_matter():
    records = rounds(1.0, 1.0, 3.0, 1.0) + rounds(2.0, 2.0, 5.0, 2.0, dataset="other")
    assert moved(reversed(records)) == moved(records) == pytest.approx({1: 1, 2: 1, 3: 8 / 3, 4: 1})
