"""Races of several tasks at once, on times that are known."""

import random
import time
from dataclasses import replace

import pytest
from fake_measurer import FakeMeasurer, case

from rasterbout.race.budget import AHEAD
from rasterbout.race.elimination import Rules, State
from rasterbout.race.track import MOST_REPEATS, Schedule, Track

SECONDS = {"rasterio-windows": 1.0, "numba-fused": 2.0, "gdal-cli": 4.0}


def noise(one, number, spread=0.003):
    """Return a factor near 1 that a case and a round determine."""
    return random.Random(f"{one.key} {number}").lognormvariate(0.0, spread)


def seconds(one, number):
    """Return the time of a case: its backend's, with a little noise."""
    return SECONDS[one.backend] * noise(one, number)


def track(truth=seconds, cases=None, measurer=None, budget_s=1e6, **schedule):
    """Return a track of one case for each backend, which `FakeMeasurer` measures."""
    cases = cases or [case(backend=name) for name in SECONDS]
    end = time.monotonic() + budget_s
    return Track(cases, measurer or FakeMeasurer(truth), Rules(), Schedule(ends_s=end, seed=1, **schedule))


def rounds_of(found, backend):
    """Return the rounds in which a backend was measured."""
    return [record.round for record in found.records if record.backend == backend]


def only(races):
    (race,) = races.values()
    return race


def test_the_fastest_is_found_and_the_others_are_not_measured_again():
    found = track()
    records = list(found.run())
    race = only(found.races)
    assert (race.state, found.cases[race.leader].backend) == (State.WON, "rasterio-windows")
    assert records == found.records
    assert not found.out_of_time
    assert rounds_of(found, "gdal-cli") == list(range(1, len(rounds_of(found, "gdal-cli")) + 1))
    assert found.next_cases == []


def test_the_first_round_takes_one_case_of_each_backend_and_then_those_of_the_fastest():
    cases = [case(backend=name, chunk=chunk) for name in SECONDS for chunk in (256, 512, 1024)]
    measurer = FakeMeasurer(seconds)
    list(track(cases=cases, measurer=measurer).round())
    backends = [names[0] for _, names, _ in measurer.calls]
    assert set(backends[:3]) == set(SECONDS)
    assert backends[3:] == ["rasterio-windows"] * 2 + ["numba-fused"] * 2 + ["gdal-cli"] * 2


def test_all_cases_get_the_least_number_of_rounds():
    found = track(least_rounds=6)
    list(found.run())
    assert all(rounds_of(found, name) == [1, 2, 3, 4, 5, 6] for name in SECONDS)


def test_a_failed_case_is_not_measured_again_and_its_reason_is_kept():
    found = track(lambda one, number: "wrong" if one.backend == "rasterio-windows" else seconds(one, number),
                  least_rounds=4)  # fmt: skip
    list(found.run())
    assert rounds_of(found, "rasterio-windows") == [1]
    assert [reason[:5] for reason in found.reasons.values()] == ["wrong"]
    assert found.cases[only(found.races).leader].backend == "numba-fused"


def test_a_failure_in_a_later_round_drops_the_leader():
    def truth(one, number):
        return "crashed" if one.backend == "rasterio-windows" and number == 2 else seconds(one, number)

    found = track(truth, least_rounds=3)
    list(found.run())
    assert found.cases[only(found.races).leader].backend == "numba-fused"


def test_each_task_has_a_race_of_its_own():
    cases = [case(operation, name) for operation in ("ndvi", "superimpose") for name in SECONDS]

    def truth(one, number):
        return seconds(one, number) if one.operation.name == "ndvi" else 8.0 / seconds(one, number)

    found = track(truth, cases)
    list(found.run())
    winners = {
        found.cases[race.leader].operation.name: found.cases[race.leader].backend for race in found.races.values()
    }
    assert winners == {"ndvi": "rasterio-windows", "superimpose": "gdal-cli"}


def test_cases_that_can_share_a_session_are_measured_by_one_process():
    measurer = FakeMeasurer(seconds)
    cases = [case(operation, name) for operation in ("ndvi", "downscale") for name in ("rasterio-windows", "gdal-cli")]
    list(track(cases=cases, measurer=measurer, least_rounds=2).run())
    for one in (1, 2):
        backends = [backends for number, backends, _ in measurer.calls if number == one]
        assert sorted(backends) == [["gdal-cli"] * 2, ["rasterio-windows"] * 2]


@pytest.mark.parametrize(("budget_s", "known"), [(1e6, {"ndvi", "downscale", "superimpose"}), (0.5, {"ndvi"})])
def test_memory_that_a_shared_session_hides_is_measured_once_the_races_are_decided(budget_s, known):
    found = track(cases=[case(name) for name in ("ndvi", "downscale", "superimpose")], budget_s=budget_s)
    found._shuffled = found._groups
    list(found.run())
    assert {one.operation for one in found.records if one.peak_bytes} == known


def test_other_chunks_are_another_session():
    measurer = FakeMeasurer(seconds)
    list(track(cases=[case(chunk=256), case(chunk=512)], measurer=measurer).round())
    assert [backends for _, backends, _ in measurer.calls] == [["rasterio-windows"]] * 2


def test_a_short_case_is_repeated_from_its_second_round_on():
    measurer = FakeMeasurer(lambda *case: 0.1 * noise(*case))
    found = track(cases=[case()], measurer=measurer, least_rounds=2)
    list(found.run())
    assert [repeats for _, _, repeats in measurer.calls] == [0, 3]
    measurer = FakeMeasurer(lambda *_: 1e-4)
    list(track(cases=[case()], measurer=measurer, least_rounds=2).run())
    assert measurer.calls[1][2] == MOST_REPEATS


def test_fewer_and_fewer_survivors_go_on_if_all_cases_no_longer_fit_the_budget(monkeypatch):
    def truth(one, number):
        return (1.0 if one.backend == "gdal-cli" else 1e3) * noise(one, number, spread=0.2)

    measurer = FakeMeasurer(truth)
    monkeypatch.setattr(time, "monotonic", lambda: measurer.now_s)
    cases = [case(backend=name, chunk=chunk) for name in SECONDS for chunk in range(100, 110)]
    found = track(cases=cases, measurer=measurer, budget_s=55.0, least_rounds=9)  # a round of all takes 30 s
    list(found.run())
    assert {record.backend for record in found.records if 1 < record.round <= found.rounds} == {"gdal-cli"}
    measured = [sum(record.round == number for record in found.records) for number in range(1, found.rounds + 1)]
    assert measured[0] == 30
    assert measured == sorted(measured, reverse=True)
    assert len(measured) > AHEAD


def test_a_round_that_does_not_fit_the_budget_is_not_started():
    found = track(noise, budget_s=2.0)  # equally fast; each of the three takes 1 s
    list(found.run())
    assert found.out_of_time
    assert found.rounds == 1
    assert only(found.races).state is State.OPEN


def test_a_start_up_that_includes_compiling_is_not_expected_again():
    class Compiling(FakeMeasurer):
        def measure(self, cases, number, repeats=0):
            for record in super().measure(cases, number, repeats):
                startup_s = 50.0 if cases[0].resources.chunk == 256 else 0.5
                yield replace(record, startup_s=startup_s, elapsed_s=startup_s + 1.0)

    cases = [case(chunk=256), case(chunk=512)]
    found = track(cases=cases, measurer=Compiling(noise), budget_s=20.0)
    list(found.run())
    assert found.rounds > 1


def test_the_first_round_ends_with_the_budget_and_says_what_it_left_out(monkeypatch):
    hour = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: 3600.0 * next(hour))
    found = track(budget_s=2 * 3600.0)
    list(found.round())
    measured = {one.case for one in found.records}
    assert measured
    assert measured.isdisjoint(one.key for one in found.left_out)
    assert len(measured) + len(found.left_out) == 3


def test_records_of_an_earlier_start_are_not_measured_again():
    earlier = FakeMeasurer(seconds)
    list(track(measurer=earlier, least_rounds=2).run())
    resumed = FakeMeasurer(seconds, earlier.records)
    found = track(measurer=resumed, least_rounds=2)
    assert list(found.run()) == []
    assert resumed.calls == []
    assert only(found.races).state is State.WON


@pytest.mark.parametrize("status", ["interrupted", "unavailable"])
def test_an_interrupted_measurement_is_done_again(status):
    before = FakeMeasurer(lambda *_: status)
    list(before.measure([case()], 1))
    resumed = FakeMeasurer(seconds, before.records)
    list(track(cases=[case()], measurer=resumed).run())
    assert len(resumed.calls) == 1


def test_the_measurements_that_are_left_of_a_round():
    found = track()
    assert {number for _, number in found.left} == {1}
    next(found.round())
    assert len(found.left) == 2
