"""How long a run will still take, on cases computed by hand."""

from dataclasses import replace

import pytest

from rasterbout.cli.forecast import Forecast, in_words
from test_records import RECORD

KNOWN = replace(RECORD, backend="known", elapsed_s=10.0)
SLOW = replace(RECORD, backend="slow", elapsed_s=40.0)
NEW = replace(RECORD, backend="new")


def learnt(*records):
    forecast = Forecast()
    for record in records:
        forecast.learn(record)
    return forecast


def test_while_nothing_is_known_nothing_is_said():
    assert learnt().left_s([NEW.cell]) is None
    assert learnt(replace(KNOWN, elapsed_s=None)).left_s([NEW.cell]) is None


def test_a_case_takes_what_it_took_before_whatever_the_round():
    assert learnt(KNOWN, SLOW).left_s([replace(KNOWN, round=2).cell, replace(KNOWN, round=7).cell]) == 20


def test_a_case_that_was_measured_often_takes_what_it_took_on_average():
    assert learnt(KNOWN, replace(KNOWN, round=2, elapsed_s=14.0)).left_s([KNOWN.cell]) == 12


def test_a_new_case_takes_what_all_took_on_average():
    assert learnt(KNOWN, SLOW).left_s([NEW.cell]) == 25
    assert learnt(KNOWN, SLOW).left_s([NEW.cell, SLOW.cell, NEW.cell]) == 90


def test_nothing_left_takes_no_time():
    assert learnt(KNOWN).left_s([]) == 0


@pytest.mark.parametrize(
    ("left_s", "words"),
    [
        (None, "time left unknown"),
        (0, "about 0 s left"),
        (12.4, "about 12 s left"),
        (89.4, "about 89 s left"),
        (150.1, "about 3 min left"),
        (600, "about 10 min left"),
        (3600, "about 60 min left"),
        (2 * 3600, "about 2 h 0 min left"),
        (7170.1, "about 2 h 0 min left"),
        (25 * 3600 + 61, "about 25 h 1 min left"),
    ],
)
def test_a_duration_is_said_as_people_say_it(left_s, words):
    assert in_words(left_s) == words
