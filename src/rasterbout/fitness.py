"""Whether a round ran undisturbed: its floors compared with those of the other rounds."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import median

from rasterbout import identity
from rasterbout.identity import FLOOR, Key
from rasterbout.record import Record

UNFIT_SHARE = 0.5
"""A round is unfit if its floors together took this share more, or less, than those of the median round."""

FEWEST_ROUNDS = 3  # with a floor: of two that differ, either may be the disturbed one
SHORTEST_S = 0.02  # floors that are shorter in all mean nothing: a timer tick moves them


def moved(records: Iterable[Record]) -> dict[int, float]:
    """Return for each round how long its floors took, as a ratio to the median of all rounds.

    1.0 where there are too few rounds, or the floors are too short to compare.
    """
    floors: dict[Key, dict[int, float]] = defaultdict(dict)
    rounds = set()
    for record in records:
        rounds.add(record.round)
        if record.floor_s is not None:
            floors[identity.key(vars(record), FLOOR)][record.round] = record.floor_s
    known = [by_round for by_round in floors.values() if len(by_round) >= FEWEST_ROUNDS]
    ratios = {}
    for number in sorted(rounds):
        taken = [(by_round[number], median(by_round.values())) for by_round in known if number in by_round]
        taken_s, usual_s = sum(taken_s for taken_s, _ in taken), sum(usual_s for _, usual_s in taken)
        ratios[number] = 1.0 if usual_s < SHORTEST_S else taken_s / usual_s
    return ratios


def unfit_rounds(records: Iterable[Record]) -> list[int]:
    """Return the rounds whose floors moved by more than `UNFIT_SHARE`."""
    return [number for number, ratio in moved(records).items() if abs(ratio - 1) > UNFIT_SHARE]
