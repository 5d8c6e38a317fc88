"""Cases that one session does in turn, and their records."""

import platform
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.identity import Key
from rasterbout.measure.case_process import CaseProcess, Facts
from rasterbout.measure.cores import choose_cores
from rasterbout.measures import COSTS
from rasterbout.record import Record


def session_key(case: Case) -> Key:
    """Return what a session depends on: cases that agree in it can be done by one session in turn."""
    return (case.backend, case.resources, case.layout, case.cache)


class Group:
    """Cases measured by one process in round ``number`` of the run in ``folder``; ``floors`` has a floor for each."""

    def __init__(self, cases: Sequence[Case], number: int, folder: Path, floors: Sequence[Facts]) -> None:
        self._cases = cases
        self._number = number
        self._folder = folder
        self._floors = floors
        self._names = [identity.picture_name(case.fields) for case in cases]
        self._started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._started_s = time.monotonic()

    @property
    def pictures(self) -> list[Path]:
        """Paths of the pictures of the results."""
        return [self._folder / name for name in self._names]

    def records(self, process: CaseProcess) -> Iterator[Record]:
        """Yield the record of each case from a process that has ended; they share the elapsed time evenly."""
        elapsed_s = (time.monotonic() - self._started_s) / len(self._cases)
        for index, case in enumerate(self._cases):
            facts = process.outcome(index)
            if facts["status"] != "ok":
                facts |= {one.name: one.of_repeats([]) for one in COSTS}  # no speed for wrong or missing pixels
            if index > 0:
                facts["peak_bytes"] = None  # with what the cases before it have left in memory
            floor, picture = self._floors[index], self._names[index]
            more = {
                "round": self._number,
                "host": platform.node(),
                "cores": None if case.resources.scheduler else len(choose_cores(case.resources.threads)),
                "reason": facts["reason"] or floor["reason"],
                "picture": picture if (self._folder / picture).exists() else "",
                "started_at": self._started_at,
                "elapsed_s": elapsed_s,
            }
            yield Record(**(case.fields | floor | facts | more))
