"""Measure a case once in a round, and keep its record in the folder of a run."""

import os
import platform
import shutil
import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.identity import FLOOR, RESULT, Key
from rasterbout.measure.case_process import Facts
from rasterbout.measure.cores import choose_cores
from rasterbout.measure.launcher import Launcher
from rasterbout.measure.messages import Verified
from rasterbout.measure.once import HERE, Effort, Place, measuring, measuring_floor
from rasterbout.measures import BY_NAME
from rasterbout.record import Record
from rasterbout.record_file import RecordFile

FLOOR_REPEATS = 3

SCRATCH = ".outputs-"


class Measurer:
    """Measures cases one by one into the folder of a run.

    Attributes
    ----------
    records
        All records of the folder, including those of earlier runs.
    busy_s
        Time spent in warm-ups, timed repeats, floors and verification, in seconds.
    """

    def __init__(self, effort: Effort, folder: Path, launcher: Launcher = HERE) -> None:
        self._effort = effort
        self._folder = folder.absolute()
        self._scratch = folder.absolute() / f"{SCRATCH}{socket.gethostname()}-{os.getpid()}"
        self._launcher = launcher
        self._file = RecordFile(folder / "records.jsonl")
        self._floors: dict[Key, Facts] = {}
        self._verified: dict[Key, dict[str, Verified]] = defaultdict(dict)
        self.records = self._file.read()
        self.busy_s = 0.0
        _sweep(folder)

    def end_round(self) -> None:
        """Read the records that other runs have added to the folder, and forget the floors."""
        self.records = self._file.read()
        self._floors.clear()

    def measure(self, case: Case, number: int) -> Iterator[Record]:
        """Measure a case in round ``number``, and yield its record once it is on disk.

        The record is written even if the run is interrupted meanwhile.
        """
        for record in self._measured(case, number):
            self._file.append(record)
            self.records.append(record)
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

        with measuring(case, self._effort, place, {0: known}) as process:
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
            effort = replace(self._effort, repeats=FLOOR_REPEATS)
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
