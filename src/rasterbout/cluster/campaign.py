"""Rounds of cases on the nodes of a SLURM cluster: each round is a job, and runs whole on one node.

So that cases of a round are compared on the same machine, and differences between nodes cancel in the pairs.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rasterbout.case import Case
from rasterbout.cluster.jobs import Ended, Jobs
from rasterbout.cluster.node import measure_round
from rasterbout.cluster.slurm import Site
from rasterbout.identity import Key
from rasterbout.measure.runner import Settings, shuffled
from rasterbout.record import Record, Status, latest
from rasterbout.record_file import RecordFile

STATUS: dict[str, Status] = {
    "OUT_OF_MEMORY": "memory", "TIMEOUT": "timeout", "DEADLINE": "timeout",
    "CANCELLED": "interrupted", "PREEMPTED": "interrupted",
}  # fmt: skip
"""Status of the cases of a job that ended in this state; crashed after others."""


class Campaign:
    """Measures ``cases`` on the nodes of a cluster into the folder of a run, which all nodes share."""

    def __init__(self, cases: Sequence[Case], settings: Settings, folder: Path, site: Site) -> None:
        self._cases = {case.key: case for case in cases}
        self._settings = settings
        self._folder = folder.absolute()
        self._jobs = Jobs(measure_round, self._folder / "jobs", site)
        self._file = RecordFile(folder / "records.jsonl")
        self._file.path.touch()  # the folder of a run, even if all records are in parts
        self.records = self._file.read()

    @property
    def busy_s(self) -> float:
        """Time spent in warm-ups, timed repeats and verification on all nodes, in seconds."""
        return sum(sum(one.wall_s) + (one.warmup_s or 0) + (one.verify_s or 0) for one in self.records)

    @property
    def left(self) -> list[tuple[Key, int]]:
        """The remaining measurements: key of the case and number of the round."""
        return [(key, number) for number in self._rounds for key in self._missing(number)]

    def run(self) -> Iterator[Record]:
        """Submit a job for each round with remaining measurements, and yield each record once it is on disk.

        Raises
        ------
        RasterboutError
            SLURM refuses the jobs.
        """
        with self._jobs:
            self._jobs.submit(
                {number: self._arguments(number) for number in self._rounds if not self._is_whole(number)}
            )
            while self._jobs.are_running:
                ended = self._jobs.ended()
                yield from self._new()
                for job in ended:
                    yield from self._end(job)

    @property
    def _rounds(self) -> range:
        return range(1, self._settings.rounds + 1)

    def _is_whole(self, number: int) -> bool:
        """Whether one node has measured all cases of a round."""
        hosts = {one.host for one in latest(self.records) if one.round == number and one.case in self._cases}
        return not self._missing(number) and len(hosts) == 1

    def _in_order(self, number: int) -> list[Key]:
        return shuffled(self._cases, self._settings.seed, number)

    def _arguments(self, number: int) -> tuple[Any, ...]:
        return [self._cases[key] for key in self._in_order(number)], self._settings.effort, self._folder, number

    def _new(self) -> Iterator[Record]:
        """Yield the records that the jobs have added."""
        known = {(record.cell, record.started_at) for record in self.records}
        self.records = self._file.read()
        yield from (one for one in self.records if (one.cell, one.started_at) not in known)

    def _end(self, job: Ended) -> Iterator[Record]:
        """Record what a job that has ended did not measure, and submit its round again."""
        missing = self._missing(job.number)
        for key in missing:
            record = _not_measured(self._cases[key], job)
            self._file.append(record)
            self.records.append(record)
            yield record
        if missing:
            self._jobs.again(job, self._arguments(job.number))

    def _missing(self, number: int) -> list[Key]:
        """Return the cases of a round that no job has measured."""
        done = {one.case for one in latest(self.records) if one.round == number and _is_measured(one)}
        return [key for key in self._in_order(number) if key not in done]


def _not_measured(case: Case, job: Ended) -> Record:
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    status = STATUS.get(job.state, "crashed")
    known = {"round": job.number, "status": status, "reason": job.reason, "started_at": now}
    return Record(**(case.fields | known))


def _is_measured(record: Record) -> bool:
    """Whether the outcome is that of the case, rather than of a job that ended before or meanwhile."""
    return record.host != "" and record.status != "interrupted"
