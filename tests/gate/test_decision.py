"""Verdicts on pairs, against what follows by hand from the test's definition."""

import math

import numpy as np
import pytest

from rasterbout.gate.decision import ExitStatus, decide, exit_status
from rasterbout.gate.pairs import CasePairs, blame

STEADY = [1.0, 1.01, 0.99, 1.02, 0.98, 1.005, 0.995, 1.015, 0.985, 1.0]


def case(name, factor=1.0, pairs=10, noise=0.01, seed=1):
    chance = np.random.default_rng(seed)
    base = np.exp(chance.normal(0, noise, pairs))
    head = factor * np.exp(chance.normal(0, noise, pairs))
    return CasePairs(key=(name,), name=name, base_s=base.tolist(), head_s=head.tolist())


def verdict(*cases, detect=0.1):
    return decide(cases, detect)[0]


def result(*cases, detect=0.1):
    return exit_status(cases, decide(cases, detect))


def test_equal_sides_are_the_same_up_to_what_could_be_seen():
    found = verdict(case("a"))
    assert found.finding == "same"
    assert 1 < found.high < 1.03
    assert "no difference larger than" in found.describe()


@pytest.mark.parametrize(("factor", "finding"), [(1.1, "slower"), (2.0, "slower"), (0.9, "faster"), (0.5, "faster")])
def test_a_difference_has_a_direction_and_a_size(factor, finding):
    found = verdict(case("a", factor))
    assert found.finding == finding
    assert found.ratio == pytest.approx(factor, rel=0.02)


def test_the_p_value_of_ten_pairs_that_all_agree_is_two_in_two_to_the_tenth():
    assert verdict(case("a", 1.5)).p == pytest.approx(2 / 2**10)


def test_with_several_cases_it_is_adjusted():
    others = [case(f"other-{number}", seed=number) for number in range(2, 6)]
    assert verdict(case("a", 1.5), *others).p == pytest.approx(5 * 2 / 2**10)


def test_a_difference_too_small_to_matter_is_not_reported():
    assert verdict(case("a", 1.02, noise=0.001)).finding == "same"


@pytest.mark.parametrize("factor", [1.0, 1.5, 2.0, 10.0])
@pytest.mark.parametrize("pairs", [1, 2, 3, 4, 5])
def test_few_pairs_are_never_green(factor, pairs):
    found = case("a", factor, pairs=pairs)
    assert verdict(found).finding == "inconclusive"
    assert math.isinf(verdict(found).high)
    assert result(found) == ExitStatus.INCONCLUSIVE


def test_noise_that_would_hide_what_matters_is_inconclusive():
    found = verdict(case("a", noise=0.3, seed=4))
    assert found.finding == "inconclusive"
    assert found.high > 1.1
    assert f"slowdowns of up to {found.high - 1:.0%} are not excluded" in found.describe()
    assert verdict(case("a", noise=0.3, seed=4), detect=10).finding == "same"


def ratios(*values):
    return CasePairs(key=("a",), name="a", base_s=[1.0] * len(values), head_s=list(values))


def test_six_pairs_exclude_what_is_beyond_all_of_them():
    found = verdict(ratios(0.93, 1.01, 0.97, 1.08, 1.02, 0.99))
    assert (found.low, found.high) == (pytest.approx(0.93, rel=1e-3), pytest.approx(1.08, rel=1e-3))


def test_ten_pairs_exclude_what_is_beyond_the_ninth_of_their_mean_pairs():
    values = [1.01, 1.07, 0.98, 1.03, 0.95, 1.02, 1.11, 0.99, 1.04, 0.94]
    means = sorted(math.sqrt(one * other) for n, one in enumerate(values) for other in values[n:])
    found = verdict(ratios(*values))  # 8 is the critical value of the signed-rank test of 10 pairs at 5 %
    assert found.low == pytest.approx(means[8], rel=1e-3)
    assert found.high == pytest.approx(means[-9], rel=1e-3)
    assert found.ratio == pytest.approx(means[27], rel=1e-9)


def test_a_slowdown_that_is_likely_is_never_said_to_be_none():
    found = verdict(ratios(*[1.11, 1.08, 1.13, 0.93, 1.09, 0.95, 0.94, 1.1, 1.14, 0.92]))
    assert found.finding == "inconclusive"
    assert found.high > 1.1


def test_pairs_matter_not_the_order_in_which_the_machine_was_slow():
    drift = np.linspace(1, 3, 12)
    sides = CasePairs(key=("a",), name="a", base_s=list(drift), head_s=list(1.1 * drift * np.tile([1.01, 0.99], 6)))
    assert verdict(sides).finding == "slower"


def test_times_that_are_all_equal_are_the_same():
    assert verdict(CasePairs(key=("a",), name="a", base_s=STEADY, head_s=STEADY)).finding == "same"


@pytest.mark.parametrize(
    ("endings", "finding", "status"),
    [
        ({"head": ("wrong", "3 pixels")}, "wrong", ExitStatus.WRONG),
        ({"base": ("wrong", "3 pixels")}, "wrong", ExitStatus.WRONG),
        ({"head": ("crashed", "no")}, "broken", ExitStatus.BROKEN),
        ({"head": ("unavailable", "no")}, "broken", ExitStatus.BROKEN),
        ({"base": ("unavailable", "no"), "head": ("unavailable", "no")}, "left out", ExitStatus.GOOD),
        ({"base": ("unsupported", "no"), "head": ("unsupported", "no")}, "left out", ExitStatus.GOOD),
        ({"base": ("timeout", "no"), "head": ("timeout", "no")}, "broken", ExitStatus.BROKEN),
    ],
)
def test_a_case_that_did_not_end_well(endings, finding, status):
    bad = CasePairs(key=("bad",), name="bad")
    blame(bad, endings)
    assert verdict(bad, case("a")).finding == finding
    assert result(bad, case("a")) == status


def test_what_is_worst_decides():
    wrong, broken = CasePairs(key=("w",), name="w", wrong="x"), CasePairs(key=("b",), name="b", broken="x")
    assert result(case("s", 1.5), case("i", pairs=3)) == ExitStatus.REGRESSION
    assert result(case("s", 1.5), broken) == ExitStatus.BROKEN
    assert result(case("s", 1.5), broken, wrong) == ExitStatus.WRONG
    assert result(case("a"), case("i", pairs=3)) == ExitStatus.INCONCLUSIVE
    assert result(case("a"), case("f", 0.5)) == ExitStatus.GOOD


def test_nothing_measured_is_not_good():
    assert result() == ExitStatus.BROKEN
    assert result(CasePairs(key=("a",), name="a")) == ExitStatus.BROKEN
    left_out = CasePairs(key=("a",), name="a", left_out="no such backend here")
    assert result(left_out) == ExitStatus.BROKEN


def test_identical_sides_seldom_differ():
    found = [decide([case(f"{n}", noise=0.05, seed=100 * run + n) for n in range(6)], 0.1) for run in range(40)]
    assert sum(any(verdict.finding == "slower" for verdict in verdicts) for verdicts in found) <= 2
