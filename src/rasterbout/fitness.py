"""Whether a round ran undisturbed: its floors compared with those of the other rounds."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import median

from rasterbout import identity
from rasterbout.identity import FLOOR, Key
from rasterbout.record import Record

UNFIT_SHARE = 0.5
"""A round is unfit if the total time of its floors differs from the median round's by more than this fraction."""

FEWEST_ROUNDS = 3  # with a floor: of only two, either may be the disturbed one
SHORTEST_S = 0.02  # shorter total times are dominated by timer ticks


def moved(records: Iterable[Record]) -> dict[int, float]:
    """Return the total time of each round's floors as a ratio to the median over all rounds on the same machine.

    The ratio is 1.0 if there are too few rounds, or if the floors are too short to compare.
    """
    floors: dict[tuple[str, Key], dict[int, float]] = defaultdict(dict)
    rounds = set()
    for record in records:
        rounds.add(record.round)
        if record.floor_s is not None:
            floors[record.host, identity.key(vars(record), FLOOR)][record.round] = record.floor_s
    known = [by_round for by_round in floors.values() if len(by_round) >= FEWEST_ROUNDS]
    ratios = {}
    for number in sorted(rounds):
        taken = [(by_round[number], median(by_round.values())) for by_round in known if number in by_round]
        taken_s, usual_s = sum(taken_s for taken_s, _ in taken), sum(usual_s for _, usual_s in taken)
        ratios[number] = 1.0 if usual_s < SHORTEST_S else taken_s / usual_s
    return ratios


def unfit_rounds(records: Iterable[Record]) -> list[int]:
    """Return the rounds whose floors deviate by more than `UNFIT_SHARE`."""
    return [number for number, ratio in moved(records).items() if abs(ratio - 1) > UNFIT_SHARE]
