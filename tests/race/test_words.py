"""What a race says, from hand-made measurements."""

import itertools
import json
import math
import time
from dataclasses import replace

import pytest
from fake_measurer import FakeMeasurer, case

from rasterbout.race.elimination import Behind, Rules, State
from rasterbout.race.outcome import Cost, outcome
from rasterbout.race.track import Schedule, Track
from rasterbout.race.words import as_json, headline, lines

FAST, SLOW = "rasterio-windows", "gdal-cli"


def raced(seconds, budget_s=1e6):
    """Return the outcome of a race of backends with these times in seconds, or these statuses."""
    noise = itertools.cycle([1.0, 1.004, 0.997, 1.002])

    def truth(one, _round):
        found = seconds[one.backend]
        return found if isinstance(found, str) else found * next(noise)

    schedule = Schedule(ends_s=time.monotonic() + budget_s, seed=1)
    track = Track([case(backend=name) for name in seconds], FakeMeasurer(truth), Rules(), schedule)
    list(track.run())
    (task,) = track.races
    return outcome(task, track, {"otb-cli": "it is not installed"}, None)


def test_a_winner_and_how_far_the_next_is_behind():
    said = list(lines(raced({FAST: 1.0, SLOW: 3.0}), 1))
    assert said[0].startswith(
        "ndvi on s2-tile 96, tiled, none, cache warm: use rasterio-windows, chunk 256, 1 worker; "
    )
    assert "next gdal-cli, chunk 256, 1 worker, 3.0" in said[0]
    assert said[-1] == "  not raced: otb-cli: it is not installed"
    assert any(line.startswith("  dropped after round 2: 1 slower candidate") for line in said)
    assert any("95% confidence" in line for line in said)


def test_twins_are_too_close_to_call():
    assert "too close to call (their times are close enough)" in headline(raced({FAST: 1.0, SLOW: 1.0}))


def test_survivors_without_an_interval_are_not_too_close():
    found = raced({FAST: 1.0, SLOW: 1.0})
    once = (case(backend="numba-fused"), Behind(ratio=2.5, low=0.0, high=math.inf))
    said = list(lines(replace(found, state=State.OPEN, close=[*found.close, once]), 1))
    assert "numba-fused" not in said[0]
    assert (
        "  slower in the only round for which there was time: numba-fused, chunk 256, 1 worker, 2.50 times as long"
        in said
    )


def test_one_alone_is_not_too_close_to_call():
    found = raced({FAST: 1.0, SLOW: 3.0})
    once = (case(backend="numba-fused"), Behind(ratio=2.5, low=0.0, high=math.inf))
    said = headline(replace(found, state=State.OPEN, close=[once]))
    assert "too close" not in said
    assert "rasterio-windows, chunk 256, 1 worker was fastest, but there was time for a single round of others" in said


def test_a_spent_budget_is_the_reason():
    found = raced({FAST: 1.0, SLOW: 1.0}, budget_s=2.0)
    assert "decides nothing; allow a larger --budget" in headline(found)


def test_the_only_one_that_did_it_is_the_answer():
    found = raced({FAST: 1.0, SLOW: "wrong"})
    assert headline(found).endswith("no other candidate completed a round")
    assert "  failed: gdal-cli, chunk 256, 1 worker: wrong: " in list(lines(found, 1))


def test_no_answer():
    assert next(lines(raced({FAST: "crashed", SLOW: "wrong"}), 1)).startswith("no answer")


@pytest.mark.parametrize("seconds", [{FAST: 1.0, SLOW: 3.0}, {FAST: 1.0}, {FAST: "wrong"}])
def test_json_holds_no_number_that_json_lacks(seconds):
    found = json.dumps(as_json(raced(seconds), 10), allow_nan=False)
    assert json.loads(found)["not_raced"] == {"otb-cli": "it is not installed"}


COST = Cost(
    wall_s=2.0, low_s=1.5, high_s=3.0, startup_s=0.5, cpu_s=3.8, energy_j=None, peak_bytes=None, floor_share=0.2,
    floor_busy=0.9, compressed=False, rounds=5, threads=2,
)  # fmt: skip


def test_the_expected_time_has_one_start_up():
    assert COST.expected_s(10) == (20.5, 15.5, 30.5)


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({}, "computing"),
        ({"floor_share": 0.8}, "reading and writing"),
        ({"floor_share": 0.8, "compressed": True}, "decoding"),
        ({"floor_share": 0.8, "compressed": True, "floor_busy": 0.2}, "reading and writing"),
        ({"floor_share": 0.5, "floor_busy": None, "cpu_s": None}, "reading and writing"),
        ({"startup_s": 5.0}, "start-up"),
        ({"cpu_s": 1.0}, "waiting"),
    ],
)
def test_what_limits(changes, limit):
    assert replace(COST, **changes).limit == limit
