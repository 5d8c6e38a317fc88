"""Which backend to use, against cases computed by hand."""

import math
from dataclasses import replace

import pytest

from rasterbout.reports.statistics.answer import answer
from rasterbout.reports.statistics.words import headline, leanest, reasons
from test_records import RECORD

CASE = replace(RECORD, cpu_s=[1.0], floor_s=0.5, peak_bytes=100, pixels_compared=9)
NOISE = (1.0, 1.1, 0.9, 1.05, 0.95)


def rounds(backend, wall_s=1.0, noise=NOISE, **changes):
    """Return a record for each round, from 1, with times that vary around ``wall_s``."""
    return [
        replace(CASE, backend=backend, round=number, wall_s=[wall_s * factor], **changes)
        for number, factor in enumerate(noise, start=1)
    ]


def test_the_fastest_is_chosen_and_the_next_is_as_many_times_as_slow():
    found = answer([*rounds("fast"), *rounds("slow", 3.0), *rounds("slower", 5.0)])
    assert found.time.choice.backend == "fast"
    assert found.time.close == []
    assert found.time.next.backend == "slow"
    assert found.time.behind.value == pytest.approx(3)
    assert (found.time.behind.low, found.time.behind.high) == (pytest.approx(3), pytest.approx(3))


def test_what_differs_by_chance_alone_is_too_close_to_call():
    one, other = rounds("one", noise=(1.0, 1.2, 0.9, 1.1)), rounds("other", noise=(1.1, 1.0, 1.02, 1.12))
    found = answer([*one, *other, *rounds("slow", 9.0)])
    assert [choice.backend for choice in found.time.close] == ["other"]
    assert found.time.next.backend == "slow"


def test_a_single_round_decides_nothing():
    found = answer([*rounds("fast", noise=(1,)), *rounds("slow", 100.0, noise=(1,))])
    assert (found.time.choice.backend, found.time.next) == ("fast", None)
    assert [choice.backend for choice in found.time.close] == ["slow"]


def test_each_backend_competes_with_its_best_setting():
    records = [*rounds("a", 4.0, chunk=256), *rounds("a", 1.0, chunk=512, workers=1), *rounds("b", 2.0, chunk=256)]
    found = answer(records).time
    assert (found.choice.backend, found.choice.chunk, found.choice.workers) == ("a", "512", 1)
    assert (found.next.backend, found.behind.value) == ("b", pytest.approx(2))


def test_rounds_are_compared_with_each_other_not_with_all():
    drift = (1.0, 2.0, 4.0, 8.0, 16.0)
    found = answer([*rounds("fast", noise=drift), *rounds("slow", 1.1, noise=drift)])
    assert found.time.behind.value == pytest.approx(1.1)


def test_the_baseline_is_compared_wherever_it_stands():
    found = answer([*rounds("fast"), *rounds("next", 2.0), *rounds("dask-notebook", 8.0)])
    assert found.baseline.value == pytest.approx(8)
    assert answer(rounds("fast")).baseline is None
    assert answer(rounds("dask-notebook")).baseline is None


def test_the_floors_share_is_the_median_of_the_rounds():
    assert answer(rounds("a", 2.0)).time.choice.of_floor == pytest.approx(0.25)
    assert answer(rounds("a", floor_s=None)).time.choice.of_floor is None


def test_memory_and_cpu_have_answers_of_their_own():
    records = [
        *rounds("fast", 1.0, peak_bytes=900, cpu_s=[9.0]),
        *rounds("lean", 2.0, peak_bytes=100, cpu_s=[8.0]),
        *rounds("thrifty", 3.0, peak_bytes=300, cpu_s=[2.0]),
    ]
    found = answer(records)
    assert [best.choice.backend for best in (found.time, found.memory, found.cpu)] == ["fast", "lean", "thrifty"]
    assert (found.memory.next.backend, found.memory.behind.value) == ("thrifty", 3)
    assert (found.cpu.next.backend, found.cpu.behind.value) == ("lean", pytest.approx(4))


def test_peaks_within_what_can_be_measured_are_the_same():
    found = answer([*rounds("a", peak_bytes=100), *rounds("b", peak_bytes=104), *rounds("c", peak_bytes=106)])
    assert [choice.backend for choice in found.memory.close] == ["b"]
    assert found.memory.next.backend == "c"


def test_what_was_wrong_in_any_round_is_never_chosen():
    wrong = rounds("wrong", 0.1)
    wrong[2] = replace(wrong[2], status="wrong", wall_s=[], reason="1 pixel")
    assert answer([*wrong, *rounds("right")]).time.choice.backend == "right"
    assert answer(wrong) is None
    assert answer([]) is None


def test_backends_without_a_common_round_are_too_close_to_call():
    early, late = rounds("early", noise=(1.0, 1.0)), [replace(one, round=one.round + 5) for one in rounds("late", 9.0)]
    found = answer([*early, *late]).time
    assert [choice.backend for choice in found.close] == ["late"]


def test_the_interval_is_that_of_student():
    """Of the logarithms 0.1, 0.2, 0.3: mean 0.2, standard error 0.1 / sqrt(3), 4.303 of them each way."""
    found = answer([*rounds("fast", noise=(1, 1, 1)), *rounds("slow", noise=[math.exp(n / 10) for n in (1, 2, 3)])])
    assert [choice.backend for choice in found.time.close] == ["slow"]  # 0.2 - 0.248 < 0
    more = rounds("slow", noise=[math.exp(n / 10) for n in (5, 6, 7)])
    behind = answer([*rounds("fast", noise=(1, 1, 1)), *more]).time.behind
    assert behind.value == pytest.approx(math.exp(0.6))
    assert math.log(behind.high) == pytest.approx(0.6 + 4.3027 * 0.1 / math.sqrt(3), rel=1e-4)


@pytest.mark.parametrize(("tenths", "called"), [((5, 6, 7), True), ((4, 5, 6), False)])
def test_what_chance_does_once_in_a_hundred_times_is_not_called(tenths, called):
    """The mean is 10.39 or 8.66 standard errors; of Student's t with 2 degrees, 9.92 is exceeded in 1 % of cases."""
    slow = rounds("slow", noise=[math.exp(n / 10) for n in tenths])
    found = answer([*rounds("fast", noise=(1, 1, 1)), *slow]).time
    assert (found.behind is not None) == called
    assert bool(found.close) != called


def test_what_was_not_measured_has_no_answer():
    found = answer([*rounds("a", peak_bytes=None, cpu_s=[]), *rounds("b", 2.0, peak_bytes=None, cpu_s=[])])
    assert (found.time.choice.backend, found.memory, found.cpu) == ("a", None, None)
    assert (headline(found.cpu), leanest(found.memory)) == ("not measured", "not measured")
    assert not any("MB" in reason for reason in reasons(found))


def test_of_those_that_were_measured_alone_one_is_the_leanest():
    found = answer([*rounds("a", peak_bytes=None, cpu_s=[]), *rounds("b", 2.0)])
    assert (found.memory.choice.backend, found.cpu.choice.backend) == ("b", "b")
    assert found.memory.close == found.cpu.close == []


def test_the_leanest_is_not_chosen_in_silence_among_those_that_were_measured():
    found = answer([*rounds("a", peak_bytes=None), *rounds("b", 2.0, peak_bytes=500_000_000)])
    assert found.memory.unmeasured == ["a"]
    assert leanest(found.memory).endswith("500 MB; not measured: a")
    assert found.cpu.unmeasured == []
