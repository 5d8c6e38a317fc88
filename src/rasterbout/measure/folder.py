"""The folder of a run: its records, and ``environment.json``."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from rasterbout.environment_file import Facts, read_environment
from rasterbout.errors import BadInput
from rasterbout.fitness import moved, unfit_rounds
from rasterbout.record import Record, latest
from rasterbout.record_file import RecordFile


class RunFolder:
    """The folder of a run.

    Raises
    ------
    BadInput
        The folder holds records and ``resume`` is False.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.records = RecordFile(path / "records.jsonl")
        self._environment = path / "environment.json"
        if self.records.path.exists() and not resume:
            raise BadInput(
                f"{path}: holds the records of an earlier run; choose another folder, or continue a run with --resume"
            )
        path.mkdir(parents=True, exist_ok=True)

    def earlier(self) -> Facts:
        """Return the environment of the previous run, empty if there was none."""
        return read_environment(self._environment)

    def write_environment(self, environment: Facts, records: Iterable[Record]) -> None:
        """Write ``environment``, with the versions of each backend and the fitness of each round from ``records``."""
        known = latest(records)
        unfit = unfit_rounds(known)
        measured = {
            "backends": {record.backend: record.versions for record in known if record.versions},
            "rounds": [
                {"round": number, "floor_of_median": round(ratio, 4), "unfit": number in unfit}
                for number, ratio in moved(known).items()
            ],
        }
        beside = self._environment.with_suffix(f".{os.getpid()}.part")
        beside.write_text(json.dumps(environment | measured, indent=2) + "\n", encoding="utf-8")
        beside.replace(self._environment)
