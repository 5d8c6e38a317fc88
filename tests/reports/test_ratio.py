"""Intervals of few ratios, against what chance does."""

import numpy as np
import pytest
from test_answer import rounds

from rasterbout.reports.statistics.answer import answer
from rasterbout.reports.statistics.ratio import interval_of_mean, prior_of


def simulated(chance, rounds, backends=8):
    """Return the ratios of several backends, all 1 but for noise that is not the same for each."""
    deviations = np.exp(chance.normal(np.log(0.05), 0.3, size=backends))
    return [np.exp(chance.normal(0, deviation, size=rounds)) for deviation in deviations]


@pytest.mark.parametrize("number", [1, 2, 3, 10])
def test_intervals_hold_as_often_as_they_say_and_are_narrow(number):
    chance, held, widths = np.random.default_rng(number), [], []
    for _ in range(150):
        prior = prior_of(simulated(chance, max(2, number)))
        for values in simulated(chance, number):
            found = interval_of_mean(values, prior)
            held.append(found.low <= 1 <= found.high)
            widths.append(found.high / found.low)
    assert np.mean(held) >= 0.93
    assert np.median(widths) < 1.4


def test_without_others_few_ratios_say_little():
    assert interval_of_mean([2.0, 2.1]).low < 1.6
    assert (interval_of_mean([2.0]).low, interval_of_mean([2.0]).high) == (0.0, float("inf"))
    assert interval_of_mean([2.0], prior_of([[1.0, 1.1]])).high == float("inf")  # one series says nothing of others


@pytest.mark.parametrize("number", [2, 3])
def test_few_rounds_of_many_backends_are_enough_for_a_large_difference(number):
    chance = np.random.default_rng(5)
    slow = [
        one for place in range(6) for one in rounds(f"slow{place}", 3.0 + place, chance.normal(1, 0.03, size=number))
    ]
    found = answer([*rounds("fast", noise=(1.0, 1.02, 0.99)[:number]), *slow]).time
    assert (found.choice.backend, found.close, found.next.backend) == ("fast", [], "slow0")


def test_a_single_round_is_enough_if_the_others_show_that_rounds_are_alike():
    chance = np.random.default_rng(5)
    others = [one for place in range(6) for one in rounds(f"slow{place}", 3.0, chance.normal(1, 0.03, size=4))]
    found = answer([*rounds("fast", noise=(1.0, 1.02, 0.99, 1.01)), *others, *rounds("once", 20.0, noise=(1.0,))])
    assert found.time.close == []
