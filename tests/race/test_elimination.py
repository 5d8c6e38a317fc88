"""A race on simulated times, whose truth is known."""

import numpy as np
import pytest

from rasterbout.race.elimination import HOPELESS, Race, Rules, State


def raced(truth, noise, rounds, rules=None, seed=0):
    """Run a race of candidates with these true times and log-normal noise."""
    chance = np.random.default_rng(seed)
    race = Race(list(truth), rules or Rules())
    for _ in range(rounds):
        if race.state is not State.OPEN:
            break
        drift = chance.normal(0, 0.3)
        race.add({name: truth[name] * np.exp(drift + chance.normal(0, noise)) for name in race.alive})
    return race


GRID = {f"c{number}": 1.2**number for number in range(20)}


def test_one_round_decides_nothing():
    race = raced(dict(list(GRID.items())[:6]), noise=0.02, rounds=1)
    assert (race.state, race.dropped, race.leader) == (State.OPEN, [], "c0")
    assert all((one.low, one.high) == (0.0, np.inf) for one in race.standings().values())


def test_the_fastest_wins_and_the_others_say_by_how_much_they_lost():
    race = raced(GRID, noise=0.02, rounds=10)
    assert (race.state, race.alive) == (State.WON, ["c0"])
    assert all(one.behind.ratio > HOPELESS for one in race.dropped if one.round == 1)
    for one in (one for one in race.dropped if one.round > 1):
        assert one.behind.low > 1
        assert one.behind.low < GRID[one.name] / GRID["c0"] < one.behind.high


def test_a_drift_of_whole_rounds_cancels():
    chance = np.random.default_rng(3)
    race = Race(["a", "b"], Rules())
    while race.state is State.OPEN and race.rounds < 12:
        drift = np.exp(chance.normal(0, 1))  # rounds differ by factors
        race.add({"a": drift * np.exp(chance.normal(0, 0.01)), "b": 1.1 * drift * np.exp(chance.normal(0, 0.01))})
    assert race.alive == ["a"]


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_best_is_dropped_no_more_often_than_the_rules_allow(confidence):
    rules = Rules(confidence=confidence, close_enough=1e-9)
    truth = dict.fromkeys("abcdefgh", 1.0) | {"best": 0.99}
    lost = sum("best" not in raced(truth, 0.05, 15, rules, seed).alive for seed in range(60))
    assert lost <= 60 * (1 - confidence)


def test_twins_are_too_close_to_call():
    race = raced({"one": 1.0, "twin": 1.0, "slow": 2.0}, noise=0.01, rounds=30)
    assert (race.state, sorted(race.alive)) == (State.CLOSE, ["one", "twin"])


def test_a_difference_that_is_not_worth_the_time_ends_the_race():
    truth = {"one": 1.0, "other": 1.02}
    ends = [raced(truth, 0.03, 200, Rules(close_enough=0.10), seed).state for seed in range(20)]
    assert ends.count(State.CLOSE) >= 18
    assert raced(truth, 0.03, 200, Rules(close_enough=0.001)).state is State.WON


def test_a_candidate_without_a_time_is_out():
    race = Race(["a", "b", "c"], Rules())
    (gone,) = race.add({"a": 1.0, "b": 2.0}, failed={"c"})
    assert (gone.name, gone.round, gone.behind) == ("c", 1, None)
    assert race.alive == ["a", "b"]


def test_the_first_round_drops_the_hopeless_without_an_interval():
    race = Race(["a", "b", "c", "d"], Rules())
    gone = race.add({"a": 1.0, "b": 2.9, "c": 3.1, "d": 20.0})
    assert [(one.name, one.round) for one in gone] == [("c", 1), ("d", 1)]
    assert [(round(one.behind.ratio, 3), one.behind.high) for one in gone] == [(3.1, np.inf), (20.0, np.inf)]


def test_the_next_gets_an_interval_however_slow_it_is():
    race = Race(["a", "b", "c"], Rules())
    assert [one.name for one in race.add({"a": 1.0, "b": 9.0, "c": 10.0})] == ["c"]
    (lost,) = race.add({"a": 1.001, "b": 9.0})
    assert (lost.name, lost.behind.low > 5) == ("b", True)
    assert race.state is State.WON


def test_one_disturbed_measurement_does_not_drop_the_best():
    for seed in range(50):
        chance = np.random.default_rng(seed)
        truth = {f"c{number}": 1 + 0.1 * number for number in range(20)}
        race = Race(list(truth), Rules())
        for number in range(3):
            times = {name: truth[name] * np.exp(chance.normal(0, 0.02)) for name in race.alive}
            if number == 0:
                times["c0"] *= 2
            race.add(times)
        assert "c0" in race.alive


def test_nobody_left_is_no_winner():
    race = Race(["a"], Rules())
    race.add({}, failed={"a"})
    assert (race.leader, race.standings()) == (None, {})


def test_a_single_candidate_is_measured_once():
    race = Race(["a"], Rules())
    assert race.state is State.OPEN
    race.add({"a": 1.0})
    assert (race.state, race.leader) == (State.WON, "a")
