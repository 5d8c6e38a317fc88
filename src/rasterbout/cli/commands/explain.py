"""``rasterbout explain``: where the time of the cases of a run went."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from rasterbout import identity
from rasterbout.cli.display import console_for
from rasterbout.cli.types import FILE
from rasterbout.errors import BadInput, RasterboutError
from rasterbout.record import Record
from rasterbout.reports.statistics.phases import Phases, phases
from rasterbout.reports.statistics.runs import load_runs
from rasterbout.reports.statistics.tasks import TaskRecords, tasks

COLUMNS = {
    "start-up": "startup_s", "wall": "wall_s", "floor": "floor_s", "cores": "cores_busy",
    "computing": "computing_s", "reading": "reading_s", "writing": "writing_s", "waiting": "waiting_s",
}  # fmt: skip
"""Titles of the columns, and attributes of `Phases`."""

NOTES = (
    "times in seconds, medians of the rounds; the last four columns add up to the wall time",
    "floor: reading and writing alone; cores: cores busy on average",
    "computing: a core was busy, decoding and copying included",
    "reading, writing: no core was busy, but bytes were read or written; waiting: neither",
)

Found = dict[str, dict[str, Phases]]
"""Phases by task and setting."""


@click.command()
@click.argument("folder", type=FILE)
@click.argument("words", nargs=-1)
@click.option("--json", "machine", is_flag=True, help="Print JSON.")
def explain(folder: Path, words: tuple[str, ...], *, machine: bool) -> None:
    """Show where the time of the cases of the run in FOLDER went; only of those whose names hold all WORDS."""
    found = _explained(_chosen(folder, words))
    if machine:
        rows = [
            {"task": task, "setting": setting} | asdict(one)
            for task, settings in found.items()
            for setting, one in settings.items()
        ]
        click.echo(json.dumps(rows))
        return
    console = console_for(machine=False)
    for task, settings in found.items():
        console.print(_table(task, settings))
    for note in (*NOTES, *_short(found)):
        console.print(note, highlight=False, soft_wrap=True)


def _table(task: str, settings: Mapping[str, Phases]) -> Table:
    table = Table(title=task, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("setting")
    for title in COLUMNS:
        table.add_column(title, justify="right")
    for setting, one in sorted(settings.items(), key=lambda pair: pair[1].wall_s):
        values = [getattr(one, name) for name in COLUMNS.values()]
        table.add_row(setting, *("-" if value is None else f"{value:.3f}" for value in values))
    return table


def _chosen(folder: Path, words: Sequence[str]) -> list[tuple[str, str, list[Record]]]:
    """Return task, setting and records of each case whose name holds all ``words``.

    Raises
    ------
    BadInput
        There is none.
    """
    cases = [case for run in load_runs([folder]) for task in tasks(run) for case in _settings(task)]
    chosen = [case for case in cases if all(word.lower() in f"{case[0]} {case[1]}".lower() for word in words)]
    if not chosen:
        names = "; ".join(f"{task}: {setting}" for task, setting, _ in cases[:2])
        raise BadInput(f"{folder}: no case has a name with {' '.join(words)} among {len(cases)}, such as {names}")
    return chosen


def _settings(task: TaskRecords) -> Iterator[tuple[str, str, list[Record]]]:
    by_setting: dict[str, list[Record]] = {}
    for record in task.records:
        by_setting.setdefault(identity.setting_name(vars(record)), []).append(record)
    for setting, records in by_setting.items():
        yield task.title, setting, records


def _explained(cases: Sequence[tuple[str, str, list[Record]]]) -> Found:
    found: Found = {}
    for task, setting, records in cases:
        if (one := phases(records)) is not None:
            found.setdefault(task, {})[setting] = one
    if not found:
        raise RasterboutError("none of these cases has a time; `rasterbout report` says why")
    return found


def _short(found: Found) -> Iterator[str]:
    every = [one for settings in found.values() for one in settings.values()]
    if short := sum(not one.shares for one in every):
        yield f"too short for phases, which are sampled every 10 ms: {short} of {len(every)} cases"
