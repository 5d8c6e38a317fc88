"""Rounds of cases: each round measures every case once, in shuffled order, each in a fresh process."""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rasterbout.case import Case
from rasterbout.fitness import unfit_rounds
from rasterbout.identity import Key
from rasterbout.measure.launcher import Launcher
from rasterbout.measure.measurer import Measurer
from rasterbout.measure.once import HERE, Effort
from rasterbout.record import Record, latest

MOST_AGAIN = 2
"""Maximum number of rounds added to replace unfit ones."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Number of rounds, effort of each process, seed of the order within rounds, and time of a race in seconds."""

    rounds: int
    effort: Effort
    seed: int = 0
    budget_s: float | None = None


class Runner:
    """Measures ``cases`` into the folder of a run."""

    def __init__(self, cases: Sequence[Case], settings: Settings, folder: Path, launcher: Launcher = HERE) -> None:
        self._cases = {case.key: case for case in cases}
        self._settings = settings
        self._measurer = Measurer(settings.effort, folder, launcher)
        self._tried: set[tuple[Key, int]] = set()

    @property
    def records(self) -> list[Record]:
        """All records of the folder, including those of earlier runs."""
        return self._measurer.records

    @property
    def busy_s(self) -> float:
        """Time spent in warm-ups, timed repeats, floors and verification, in seconds."""
        return self._measurer.busy_s

    @property
    def left(self) -> list[tuple[Key, int]]:
        """The remaining measurements: key of the case and number of the round."""
        done = self._tried | {record.cell for record in self.records if record.measured}
        every = (
            (key, number)
            for number in range(1, self._rounds + 1)
            for key in shuffled(self._cases, self._settings.seed, number)
        )
        return [cell for cell in every if cell not in done]

    def run(self) -> Iterator[Record]:
        """Perform the remaining measurements, and yield each record once it is on disk.

        An unfit round is replaced by an additional one, at most `MOST_AGAIN` times.
        """
        while left := self.left:
            number = left[0][1]
            for key in [key for key, its_round in left if its_round == number]:
                for record in self._measurer.measure([self._cases[key]], number):
                    self._tried.add(record.cell)
                    yield record
            self._measurer.end_round()

    @property
    def _rounds(self) -> int:
        return self._settings.rounds + min(len(unfit_rounds(latest(self.records))), MOST_AGAIN)


def shuffled(keys: Collection[Key], seed: int, number: int) -> list[Key]:
    """Return ``keys`` in the order of round ``number``, the same for the same seed."""
    order = random.Random(f"{seed}/{number}")  # noqa: S311  a reproducible order, not a secret
    return order.sample(list(keys), len(keys))
