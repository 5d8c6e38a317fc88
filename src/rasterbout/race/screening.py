"""Settings worth measuring on whole files, from their times on a piece of them.

Screening rests on a single round and on a wide margin, not on statistics; the first round on the whole files
checks it, see `could_win`.
"""

from collections.abc import Mapping

from rasterbout.identity import Key

MARGIN = 3.0
"""Settings that are slower on the piece than the fastest by more than this factor are screened out."""

Times = Mapping[Key, float]
"""Time in seconds of each setting."""


def within_margin(piece_s: Times) -> list[Key]:
    """Return the settings that are at most `MARGIN` times as slow as the fastest, fastest first."""
    fastest_s = min(piece_s.values(), default=0.0)
    return sorted(
        (one for one, time_s in piece_s.items() if time_s <= MARGIN * fastest_s), key=lambda one: piece_s[one]
    )


def could_win(piece_s: Times, whole_s: Times) -> list[Key]:
    """Return the settings without a time in ``whole_s`` that could be the fastest there.

    The settings measured on both changed their times, relative to that of the fastest on the whole, by some
    factor. A screened setting could win if the factor most in its favour would make it the fastest.
    """
    both = whole_s.keys() & piece_s.keys()
    if not both:
        return []
    leader = min(both, key=lambda one: whole_s[one])
    gains = [(whole_s[one] / whole_s[leader]) / (piece_s[one] / piece_s[leader]) for one in both]
    best_gain = min(gains)
    return [one for one in piece_s.keys() - whole_s.keys() if piece_s[one] / piece_s[leader] * best_gain < 1]
