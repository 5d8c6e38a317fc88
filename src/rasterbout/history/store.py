"""The records of earlier runs on this machine, in the user's data folder."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from platformdirs import user_data_path

from rasterbout.environment_file import read_environment
from rasterbout.errors import BadInput
from rasterbout.record import latest
from rasterbout.record_file import RecordFile
from rasterbout.reports.statistics.runs import Run

OFF = "off"


def history_root() -> Path | None:
    """Return ``$RASTERBOUT_HISTORY``, or ``rasterbout/history`` in the user's data folder; None if it is ``off``."""
    chosen = os.environ.get("RASTERBOUT_HISTORY")
    if chosen == OFF:
        return None
    return Path(chosen).expanduser().absolute() if chosen else user_data_path("rasterbout") / "history"


def keep(folder: Path) -> None:
    """Copy the records and the environment of the run in ``folder``, without timelines and printed output.

    A later copy of the same folder replaces the earlier one.

    Raises
    ------
    OSError
        The history cannot be written.
    """
    root = history_root()
    records = latest(RecordFile(folder / "records.jsonl").read())
    if root is None or not records:
        return
    place = folder.resolve()
    target = root / f"{place.name}-{hashlib.sha256(str(place).encode()).hexdigest()[:8]}"
    part = target.with_name(f".{target.name}-{os.getpid()}")
    part.mkdir(parents=True)
    try:
        copied = RecordFile(part / "records.jsonl")
        for record in records:
            copied.append(replace(record, timeline=[], printed="", picture=""))
        shutil.copy(folder / "environment.json", part)
        if target.exists():
            shutil.rmtree(target)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def earlier_runs(host: str, cpu: str, cores: int) -> Iterator[Run]:
    """Yield the runs that were measured on this machine; those that cannot be read are left out."""
    root = history_root()
    for folder in sorted(root.glob("*/")) if root is not None else ():
        with suppress(BadInput, OSError):
            environment = read_environment(folder / "environment.json")
            if (environment.get("host"), environment.get("cpu"), environment.get("cores")) == (host, cpu, cores):
                records = RecordFile(folder / "records.jsonl").read()
                yield Run(name=folder.name, records=records, environment=environment, folder=folder)
