"""Measure cases once in a round, and keep their records in the folder of a run."""

import os
import shutil
import socket
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.identity import FLOOR, RESULT, Key
from rasterbout.measure.case_process import Facts
from rasterbout.measure.group import Group
from rasterbout.measure.job import this_job
from rasterbout.measure.launcher import Launcher
from rasterbout.measure.messages import Verified
from rasterbout.measure.once import HERE, Effort, Place, measuring, measuring_floor
from rasterbout.measures import COSTS
from rasterbout.record import Record
from rasterbout.record_file import RecordFile

FLOOR_REPEATS = 3

SCRATCH = ".outputs-"

FAILED = {"crashed", "timeout", "memory"}


class Measurer:
    """Measures cases into the folder of a run.

    Attributes
    ----------
    records
        All records of the folder, including those of earlier runs.
    busy_s
        Time spent in warm-ups, timed repeats, floors and verification, in seconds.
    """

    def __init__(self, effort: Effort, folder: Path, launcher: Launcher = HERE, part: str = "") -> None:
        self._effort = effort
        self._folder = folder.absolute()
        self._scratch = scratch_in(folder)
        self._launcher = launcher
        self._file = RecordFile(folder / "records.jsonl", part)
        self._floors: dict[Key, Facts] = {}
        self._verified: dict[Key, dict[str, Verified]] = defaultdict(dict)
        self.records = self._file.read()
        self.busy_s = 0.0
        _sweep(self._scratch.parent)

    def end_round(self) -> None:
        """Read the records that other runs have added to the folder, and forget the floors."""
        self.records = self._file.read()
        self._floors.clear()

    def measure(self, cases: Sequence[Case], number: int, repeats: int = 0) -> Iterator[Record]:
        """Measure cases in round ``number`` in one process, and yield each record once it is on disk.

        Each is timed ``repeats`` times, if this is more than the effort's number of repeats.

        Several cases must agree in all that a session depends on, see `session_key`. They are measured again one
        by one if their process fails. Memory counts for the first only: the others find what it left.

        The records are written even if the run is interrupted meanwhile.
        """
        for record in self._measured(cases, number, max(repeats, self._effort.repeats)):
            self._file.append(record)
            self.records.append(record)
            self.busy_s += sum(record.wall_s) + (record.warmup_s or 0) + (record.verify_s or 0)
            yield record

    def _measured(self, cases: Sequence[Case], number: int, repeats: int) -> Iterator[Record]:
        """Measure cases once and yield their records, even if the run is interrupted."""
        group = Group(cases, number, self._folder, [self._floor(case) for case in cases])
        known = [self._verified[identity.key(case.fields, RESULT)] for case in cases]
        place = Place(scratch=self._scratch, pictures=group.pictures, launcher=self._launcher)
        effort = replace(self._effort, repeats=repeats)
        with measuring(cases, effort, place, dict(enumerate(known))) as process:
            try:
                process.until_it_ends()
            except (KeyboardInterrupt, SystemExit):
                process.stop()
                yield from group.records(process)
                raise
        if process.touched:
            yield from group.records(process)
            process.require_inputs(cases[0].backend)
            return
        if len(cases) > 1 and any(process.outcome(index)["status"] in FAILED for index in range(len(cases))):
            for case in cases:  # which of them failed, and would the others alone?
                yield from self._measured([case], number, repeats)
            return
        for one in process.verified:
            known[one.index][one.digest] = one
        yield from group.records(process)

    def _floor(self, case: Case) -> Facts:
        """Return the floor of a case, measured on first use in a round."""
        key = identity.key(case.fields, FLOOR)
        if key not in self._floors:
            effort = replace(self._effort, repeats=FLOOR_REPEATS)
            place = Place(scratch=self._scratch, launcher=self._launcher)
            with measuring_floor(case, effort, place) as process:
                facts = process.until_it_ends()
            self.busy_s += sum(facts.get("wall_s", []))
            self._floors[key] = _of_floor(facts) | {"host_floors_s": process.host_floors_s}
        return self._floors[key]


def scratch_in(folder: Path) -> Path:
    """Return the path of the outputs of this process, whose name tells another run when they may be removed.

    It is in the scratch folder of the job, if there is one, else in the ``folder`` of the run.
    """
    job = this_job()
    parent = folder.absolute() if job is None or job.scratch is None else Path(job.scratch)
    return parent / f"{SCRATCH}{socket.gethostname()}-{os.getpid()}"


def _of_floor(facts: Facts) -> Facts:
    """Return the record fields from the process of a floor."""
    if not facts.get("wall_s"):
        return {"reason": f"its floor could not be measured: {facts['reason']}"}
    costs = {f"floor_{one.name.removeprefix('wall_')}": one.number(facts[one.name]) for one in COSTS if facts[one.name]}
    return costs | {"reason": ""}


def _sweep(folder: Path) -> None:
    """Remove the outputs of runs on this machine that were killed together with their supervisors."""
    mine = f"{SCRATCH}{socket.gethostname()}-"
    for left in folder.glob(f"{mine}*"):
        with suppress(ValueError):
            if not psutil.pid_exists(int(left.name.removeprefix(mine))):
                shutil.rmtree(left, ignore_errors=True)
