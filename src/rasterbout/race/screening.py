"""Settings worth measuring on whole files, from their times on a piece of them.

Screening rests on a single round and on a wide margin, not on statistics; the first round on the whole files
checks it, see `could_win`.
"""

import math
from collections.abc import Mapping
from statistics import fmean, stdev

from rasterbout.identity import Key
from rasterbout.race.elimination import HOPELESS

DEVIATIONS = 2.0
"""A screened setting comes back if it could be the fastest within this many standard deviations."""

Times = Mapping[Key, float]
"""Time in seconds of each setting."""


def within_margin(piece_s: Times) -> list[Key]:
    """Return the settings that are at most `HOPELESS` times as slow as the fastest, fastest first."""
    fastest_s = min(piece_s.values(), default=0.0)
    return sorted(
        (one for one, time_s in piece_s.items() if time_s <= HOPELESS * fastest_s), key=lambda one: piece_s[one]
    )


def could_win(piece_s: Times, whole_s: Times) -> list[Key]:
    """Return the settings without a time in ``whole_s`` that could be the fastest there, fastest on the piece first.

    The settings measured on both show how the time grows from the piece to the whole, and how much this growth
    varies: little if the order held. A screened setting could win if a growth `DEVIATIONS` standard deviations
    below the mean, on the logarithmic scale, would make it the fastest. None is returned if fewer than three
    settings were measured on both.
    """
    both = whole_s.keys() & piece_s.keys()
    if len(both) < 3:
        return []
    growths = [math.log(whole_s[one] / piece_s[one]) for one in both]
    least = math.exp(fmean(growths) - DEVIATIONS * stdev(growths))
    fastest_s = min(whole_s.values())
    screened = sorted(piece_s.keys() - whole_s.keys(), key=lambda one: piece_s[one])
    return [one for one in screened if piece_s[one] * least < fastest_s]
