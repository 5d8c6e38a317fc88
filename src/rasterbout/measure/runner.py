"""Rounds of cases: each round measures every case once, in shuffled order, each in a fresh process."""

import os
import platform
import random
import shutil
import socket
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.fitness import unfit_rounds
from rasterbout.identity import FLOOR, RESULT, Key
from rasterbout.measure.case_process import Facts
from rasterbout.measure.cores import choose_cores
from rasterbout.measure.launcher import Launcher
from rasterbout.measure.messages import Verified
from rasterbout.measure.once import HERE, Effort, Place, measuring, measuring_floor
from rasterbout.measures import BY_NAME
from rasterbout.record import Record, latest
from rasterbout.record_file import RecordFile

FLOOR_REPEATS = 3
MOST_AGAIN = 2
"""Maximum number of rounds added to replace unfit ones."""

SCRATCH = ".outputs-"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Number of rounds, effort of each process, and seed of the order within the rounds."""

    rounds: int
    effort: Effort
    seed: int = 0


class Runner:
    """Measures ``cases`` into the folder of a run.

    Attributes
    ----------
    records
        All records of the folder, including those of earlier runs.
    busy_s
        Time spent in warm-ups, timed repeats, floors and verification, in seconds.
    """

    def __init__(self, cases: Sequence[Case], settings: Settings, folder: Path, launcher: Launcher = HERE) -> None:
        self._cases = {case.key: case for case in cases}
        self._settings = settings
        self._folder = folder.absolute()
        self._scratch = folder.absolute() / f"{SCRATCH}{socket.gethostname()}-{os.getpid()}"
        self._launcher = launcher
        self._file = RecordFile(folder / "records.jsonl")
        self._floors: dict[Key, Facts] = {}
        self._verified: dict[Key, dict[str, Verified]] = defaultdict(dict)
        self._tried: set[tuple[Key, int]] = set()
        self.records = self._file.read()
        self.busy_s = 0.0
        _sweep(folder)

    @property
    def left(self) -> list[tuple[Key, int]]:
        """The remaining measurements: key of the case and number of the round."""
        done = self._tried | {record.cell for record in self.records if record.measured}
        every = ((key, number) for number in range(1, self._rounds + 1) for key in self._shuffled(number))
        return [cell for cell in every if cell not in done]

    def run(self) -> Iterator[Record]:
        """Perform the remaining measurements, and yield each record once it is on disk.

        An unfit round is replaced by an additional one, at most `MOST_AGAIN` times.
        """
        while left := self.left:
            number = left[0][1]
            self._floors.clear()
            for key in [key for key, its_round in left if its_round == number]:
                yield from self._kept(self._measured(self._cases[key], number))
            self.records = self._file.read()  # another run may share the folder

    @property
    def _rounds(self) -> int:
        return self._settings.rounds + min(len(unfit_rounds(latest(self.records))), MOST_AGAIN)

    def _shuffled(self, number: int) -> list[Key]:
        order = random.Random(f"{self._settings.seed}/{number}")  # noqa: S311  a reproducible order, not a secret
        return order.sample(list(self._cases), len(self._cases))

    def _kept(self, measured: Iterator[Record]) -> Iterator[Record]:
        for record in measured:
            self._file.append(record)
            self.records.append(record)
            self._tried.add(record.cell)
            self.busy_s += sum(record.wall_s) + (record.warmup_s or 0) + (record.verify_s or 0)
            yield record

    def _measured(self, case: Case, number: int) -> Iterator[Record]:
        """Measure a case once and yield its record, even if the run is interrupted."""
        fields = case.fields
        floor = self._floor(case, fields)
        started_at, started_s = datetime.now(UTC).isoformat(timespec="milliseconds"), time.monotonic()
        known = self._verified[identity.key(fields, RESULT)]
        picture = identity.picture_name(fields)
        place = Place(scratch=self._scratch, picture=self._folder / picture, launcher=self._launcher)

        def record(facts: Facts) -> Record:
            if facts["status"] != "ok":
                facts = facts | {"wall_s": [], "cpu_s": [], "energy_j": []}  # no speed for wrong or missing pixels
            more = {
                "round": number,
                "host": platform.node(),
                "cores": len(choose_cores(case.resources.threads)),
                "reason": facts["reason"] or floor["reason"],
                "picture": picture if (self._folder / picture).exists() else "",
                "started_at": started_at,
                "elapsed_s": time.monotonic() - started_s,
            }
            return Record(**(fields | floor | facts | more))

        with measuring(case, self._settings.effort, place, {0: known}) as process:
            try:
                facts = process.until_it_ends()
            except (KeyboardInterrupt, SystemExit):
                yield record(process.stop())
                raise
        known |= {one.digest: one for one in process.verified}
        yield record(facts)

    def _floor(self, case: Case, fields: Facts) -> Facts:
        """Return the floor of a case, measured on first use in a round."""
        key = identity.key(fields, FLOOR)
        if key not in self._floors:
            effort = replace(self._settings.effort, repeats=FLOOR_REPEATS)
            place = Place(scratch=self._scratch, launcher=self._launcher)
            with measuring_floor(case, effort, place) as process:
                facts = process.until_it_ends()
            self.busy_s += sum(facts.get("wall_s", []))
            self._floors[key] = _of_floor(facts)
        return self._floors[key]


def _of_floor(facts: Facts) -> Facts:
    """Return the record fields from the process of a floor."""
    if not facts.get("wall_s"):
        return {"reason": f"its floor could not be measured: {facts['reason']}"}
    energy_j = facts["energy_j"]
    return {
        "floor_s": BY_NAME["wall_s"].number(facts["wall_s"]),
        "floor_energy_j": BY_NAME["energy_j"].number(energy_j) if energy_j else None,
        "reason": "",
    }


def _sweep(folder: Path) -> None:
    """Remove the outputs of runs on this machine that were killed together with their supervisors."""
    mine = f"{SCRATCH}{socket.gethostname()}-"
    for left in folder.glob(f"{mine}*"):
        with suppress(ValueError):
            if not psutil.pid_exists(int(left.name.removeprefix(mine))):
                shutil.rmtree(left, ignore_errors=True)
