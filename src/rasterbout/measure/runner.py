"""Rounds of cases: in each round every case once, in a shuffled order, each in a fresh process."""

import hashlib
import os
import random
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psutil

from rasterbout.case import Case
from rasterbout.fitness import unfit_rounds
from rasterbout.measure.cores import choose_cores
from rasterbout.measure.once import Effort, measuring, measuring_floor
from rasterbout.measure.watch import Facts
from rasterbout.record import Key, Record, case_key, latest
from rasterbout.record_file import RecordFile

FLOOR_REPEATS = 3
MOST_AGAIN = 2
"""How many rounds are added at most for those that were unfit."""

SCRATCH = ".outputs-"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How many processes measure each case, with which effort each, and the seed of the order within the rounds."""

    rounds: int
    effort: Effort
    seed: int = 0


class Runner:
    """Measures ``cases`` into the folder of a run.

    Attributes
    ----------
    records
        All records of the folder, those of earlier runs included.
    busy_s
        Seconds spent in warm-ups, timed repeats, floors and verification.
    """

    def __init__(self, cases: Sequence[Case], settings: Settings, folder: Path) -> None:
        self._cases = {case_key(_fields(case)): case for case in cases}
        self._settings = settings
        self._folder = folder.absolute()
        self._scratch = folder.absolute() / f"{SCRATCH}{socket.gethostname()}-{os.getpid()}"
        self._file = RecordFile(folder / "records.jsonl")
        self._floors: dict[tuple[object, ...], Facts] = {}
        self._tried: set[tuple[Key, int]] = set()
        self.records = self._file.read()
        self.busy_s = 0.0
        _sweep(folder)

    @property
    def left(self) -> list[tuple[Key, int]]:
        """What is to be measured: keys of cases, each with the number of its round."""
        done = self._tried | {record.cell for record in self.records if record.measured}
        every = ((key, number) for number in range(1, self._rounds + 1) for key in self._shuffled(number))
        return [cell for cell in every if cell not in done]

    def run(self) -> Iterator[Record]:
        """Measure what is left, and yield each record once it is on the disk.

        A round that turns out to be unfit has another one added, `MOST_AGAIN` times at most.
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
        order = random.Random(f"{self._settings.seed}/{number}")  # noqa: S311  an order to be repeated, no secret
        return order.sample(list(self._cases), len(self._cases))

    def _kept(self, measured: Iterator[Record]) -> Iterator[Record]:
        for record in measured:
            self._file.append(record)
            self.records.append(record)
            self._tried.add(record.cell)
            self.busy_s += sum(record.wall_s) + (record.warmup_s or 0) + (record.verify_s or 0)
            yield record

    def _measured(self, case: Case, number: int) -> Iterator[Record]:
        floor = self._floor(case)
        started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        started_s = time.monotonic()

        def record(facts: Facts) -> Record:
            if facts["status"] != "ok":
                facts = facts | {"wall_s": [], "cpu_s": []}  # no speed for wrong pixels, nor for a part of the repeats
            told = {
                "reason": facts["reason"] or floor["reason"],
                "picture": picture if (self._folder / picture).exists() else "",
                "started_at": started_at,
                "elapsed_s": time.monotonic() - started_s,
            }
            cores = len(choose_cores(case.resources.threads))
            return Record(**(_fields(case) | {"round": number, "cores": cores} | floor | facts | told))

        picture = _picture(case)
        with measuring(case, self._settings.effort, self._scratch, self._folder / picture) as process:
            try:
                facts = process.until_it_ends()
            except (KeyboardInterrupt, SystemExit):
                yield record(process.stop())
                raise
        yield record(facts)

    def _floor(self, case: Case) -> Facts:
        """Return the floor of a case, measured when the round first needs it."""
        key = (case.dataset, case.size, case.operation, case.layout, case.resources.threads, case.cache)
        if key not in self._floors:
            effort = replace(self._settings.effort, repeats=FLOOR_REPEATS)
            with measuring_floor(case, effort, self._scratch) as process:
                facts = process.until_it_ends()
            copied_s = process.copied_s
            self.busy_s += sum(copied_s)
            self._floors[key] = {
                "floor_s": median(copied_s) if copied_s else None,
                "reason": "" if copied_s else f"its floor could not be measured: {facts['reason']}",
            }
        return self._floors[key]


def _fields(case: Case) -> Facts:
    """Return the fields of a record that a case determines."""
    operation = case.operation
    return {
        "operation": operation.name,
        "inputs": [str(raster.path) for raster in operation.inputs],
        "input_blocks": list(operation.inputs[0].block_shape),
        "factor": getattr(operation, "factor", None),
        "resampling": getattr(operation, "resampling", None),
        "backend": case.backend,
        "dataset": case.dataset,
        "size": case.size,
        "layout": case.layout.blocks,
        "compress": case.layout.compression,
        "chunk": case.chunk,
        "workers": case.resources.workers,
        "threads": case.resources.threads_per_worker,
        "cache_asked": case.cache,
    }


def _picture(case: Case) -> str:
    """Return where the folder of a run has the picture of a backend's result, whatever the chunk and workers."""
    operation = case.operation
    inputs = " ".join(str(raster.path) for raster in operation.inputs)
    which = f"{inputs} {getattr(operation, 'factor', '')} {getattr(operation, 'resampling', '')} {case.layout}"
    return f"pictures/{operation.name}-{case.backend}-{hashlib.sha256(which.encode()).hexdigest()[:12]}.npz"


def _sweep(folder: Path) -> None:
    """Remove the outputs of runs on this machine that were killed together with their supervisors."""
    mine = f"{SCRATCH}{socket.gethostname()}-"
    for left in folder.glob(f"{mine}*"):
        with suppress(ValueError):
            if not psutil.pid_exists(int(left.name.removeprefix(mine))):
                shutil.rmtree(left, ignore_errors=True)
