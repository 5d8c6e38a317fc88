"""Which candidates go on when time is short."""

import pytest

from rasterbout.race.budget import AHEAD, fitting
from rasterbout.race.elimination import Race, Rules

FIRST = {"a": 1.0, "b": 1.1, "c": 1.2, "d": 1.3}


def raced(times_s):
    race = Race(list(times_s), Rules())
    race.add(times_s)
    return race


@pytest.mark.parametrize(
    ("left", "chosen"),
    [(4 * AHEAD, "abcd"), (4 * AHEAD - 1, "abc"), (3 * AHEAD - 1, "ab"), (2, "ab"), (1, "")],
)
def test_the_slowest_wait_if_there_is_no_time_for_enough_rounds(left, chosen):
    assert fitting([raced(FIRST)], len, left) == list(chosen)


def test_two_of_each_race_go_on():
    other = {"e": 1.0, "f": 2.9, "g": 2.95}
    assert fitting([raced(FIRST), raced(other)], len, 5) == ["a", "b", "e", "f"]


def test_a_decided_race_takes_no_time():
    assert fitting([raced({"a": 1.0}), raced({"e": 1.0, "f": 2.0})], len, 2) == ["e", "f"]


def test_what_waits_is_not_dropped_and_rounds_without_it_do_not_change_its_ratio():
    race = raced(FIRST)
    race.add({"a": 10.0, "b": 12.0})  # a slow round
    assert race.alive == list(FIRST)
    assert race.leader == "a"
    assert race.ranked() == pytest.approx({"a": 1.0, "b": 1.1489, "c": 1.2, "d": 1.3}, rel=1e-4)


def test_one_that_waited_is_not_compared_over_rounds_that_it_missed():
    race = raced({"a": 1.0, "b": 1.01, "c": 1.02})
    race.add({"a": 3.0, "b": 3.1})
    race.add({"a": 1.0, "b": 1.0, "c": 0.9})
    assert race.leader == "c"
    assert race.ranked()["a"] == pytest.approx((1 / 1.02 / 0.9) ** 0.5)


def test_those_that_waited_lead_if_the_others_fail():
    race = raced({"a": 1.0, "b": 1.01, "c": 1.02})
    race.add({"a": 1.0, "b": 1.0})
    race.add({}, failed={"a", "b"})
    assert (race.leader, race.alive) == ("c", ["c"])
