"""Rounds of cases on the nodes of a SLURM cluster: each round is a job, and runs whole on one node.

So that cases of a round are compared on the same machine, and differences between nodes cancel in the pairs.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rasterbout.case import Case
from rasterbout.cluster.node import measure_round
from rasterbout.cluster.slurm import OUT_OF_MEMORY, JobState, Site, last_word, state_of, submit
from rasterbout.identity import Key
from rasterbout.measure.runner import Settings, shuffled
from rasterbout.record import Record, Status, latest
from rasterbout.record_file import RecordFile

POLL_S = 1.0

MOST_AGAIN = 1
"""How often a round is measured again whose job has failed."""

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
        self._site = site
        self._file = RecordFile(folder / "records.jsonl")
        self._jobs: dict[int, Any] = {}
        self._tries: dict[int, int] = {}
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
        self._submit([number for number in self._rounds if not self._is_whole(number)])
        try:
            while self._jobs:
                time.sleep(POLL_S)
                ended = {number: state for number, state in self._states().items() if state.is_final}
                yield from self._new()
                for number, state in ended.items():
                    yield from self._end(number, state)
        finally:
            for job in self._jobs.values():
                job.cancel()

    @property
    def _rounds(self) -> range:
        return range(1, self._settings.rounds + 1)

    def _is_whole(self, number: int) -> bool:
        """Whether one node has measured all cases of a round."""
        hosts = {one.host for one in latest(self.records) if one.round == number and one.case in self._cases}
        return not self._missing(number) and len(hosts) == 1

    def _in_order(self, number: int) -> list[Key]:
        return shuffled(self._cases, self._settings.seed, number)

    def _submit(self, numbers: Sequence[int], avoid: str = "") -> None:
        """Submit these rounds, at most as many jobs at once as the site has nodes, none to the node ``avoid``."""
        if not numbers:
            return
        cases = [[self._cases[key] for key in self._in_order(number)] for number in numbers]
        same = [len(numbers) * [one] for one in (self._settings.effort, self._folder)]
        jobs = submit(measure_round, [cases, *same, numbers], self._folder / "jobs", self._site, avoid)
        self._jobs |= dict(zip(numbers, jobs, strict=True))

    def _states(self) -> dict[int, JobState]:
        return {number: state_of(job.job_id) for number, job in self._jobs.items()}

    def _new(self) -> Iterator[Record]:
        """Yield the records that the jobs have added."""
        known = {(record.cell, record.started_at) for record in self.records}
        self.records = self._file.read()
        yield from (one for one in self.records if (one.cell, one.started_at) not in known)

    def _end(self, number: int, state: JobState) -> Iterator[Record]:
        """Take a job that has ended; record what it did not measure, and submit its round again."""
        yield from self._new()  # written between the last look and the end
        job = self._jobs.pop(number)
        missing = self._missing(number)
        status, reason = _why(job, state) if missing else ("ok", "")
        for key in missing:
            record = _not_measured(self._cases[key], number, status, reason)
            self._file.append(record)
            self.records.append(record)
            yield record
        self._tries[number] = self._tries.get(number, 0) + 1
        if missing and self._tries[number] <= MOST_AGAIN:
            self._submit([number], avoid=state.node if self._site.nodes > 1 else "")

    def _missing(self, number: int) -> list[Key]:
        """Return the cases of a round that no job has measured."""
        done = {one.case for one in latest(self.records) if one.round == number and _is_measured(one)}
        return [key for key in self._in_order(number) if key not in done]


def _why(job: Any, state: JobState) -> tuple[Status, str]:
    """Return the status and the reason of the cases that a job has not measured: node, state, SLURM's last word."""
    said = last_word(job)
    name = "OUT_OF_MEMORY" if state.name == "FAILED" and OUT_OF_MEMORY.search(said) else state.name
    where = f" on {state.node}" if state.node else ""
    why = f" ({said})" if said else ""
    return STATUS.get(name, "crashed"), f"job {job.job_id}{where}: {name or 'unknown to SLURM'}{why}"


def _not_measured(case: Case, number: int, status: Status, reason: str) -> Record:
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    return Record(**(case.fields | {"round": number, "status": status, "reason": reason, "started_at": now}))


def _is_measured(record: Record) -> bool:
    """Whether the outcome is that of the case, rather than of a job that ended before or meanwhile."""
    return record.host != "" and record.status != "interrupted"
