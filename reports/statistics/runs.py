"""The runs of a report: folders of records, or results of asv."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from rasterbout.environment_file import Facts, read_environment
from rasterbout.errors import BadInput
from rasterbout.record import Record
from rasterbout.record_file import RecordFile
from rasterbout.reports.statistics.asv_results import asv_records, holds_asv_results


@dataclass(frozen=True, kw_only=True)
class Run:
    """Records that were measured on one machine, and the description of that machine.

    Attributes
    ----------
    name
        Unique among the runs of a report.
    environment
        As in ``environment.json``; empty where there is none.
    folder
        The folder that it was read from; None for records from elsewhere.
    """

    name: str
    records: list[Record]
    environment: Facts = field(default_factory=dict)
    folder: Path | None = None


def load_runs(folders: Iterable[Path]) -> list[Run]:
    """Return the runs in ``folders``, each with a name of its own.

    Raises
    ------
    BadInput
        A folder holds neither records nor results of asv, or they cannot be read.
    """
    runs = [run for folder in folders for run in _load(folder)]
    seen: Counter[str] = Counter()
    named = []
    for run in runs:
        seen[run.name] += 1
        named.append(run if seen[run.name] == 1 else replace(run, name=f"{run.name} ({seen[run.name]})"))
    return named


def _load(folder: Path) -> Iterator[Run]:
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; name the folder of a run, or .asv/results")
    if (folder / "records.jsonl").is_file():
        yield Run(
            name=folder.resolve().name,
            records=RecordFile(folder / "records.jsonl").read(),
            environment=read_environment(folder / "environment.json"),
            folder=folder,
        )
    elif holds_asv_results(folder):
        for name, records in asv_records(folder):
            yield Run(name=name, records=records)
    else:
        raise BadInput(
            f"{folder}: holds neither records.jsonl nor results of asv; name the folder of a run, or .asv/results"
        )
