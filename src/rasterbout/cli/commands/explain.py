"""``rasterbout explain``: where the time of the cases of a run went."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from rasterbout import identity
from rasterbout.cli.display import console_for
from rasterbout.cli.types import FILE
from rasterbout.errors import BadInput, RasterboutError
from rasterbout.record import Record
from rasterbout.reports.statistics.phases import Phases, phases
from rasterbout.reports.statistics.runs import load_runs
from rasterbout.reports.statistics.stacks import hottest, stacks_of
from rasterbout.reports.statistics.tasks import TaskRecords, tasks

COLUMNS = {
    "start-up": "startup_s", "wall": "wall_s", "floor": "floor_s",
    "floor cpu": "floor_cpu_s", "cores": "cores_busy",
    "computing": "computing_s", "reading": "reading_s", "writing": "writing_s", "waiting": "waiting_s",
}  # fmt: skip
"""Titles of the columns, and attributes of `Phases`."""

NOTES = (
    "times in seconds, medians of the rounds; the last four columns add up to the wall time",
    "floor: reading, decoding and writing alone; floor cpu: its CPU time, of a compressed file mostly decoding",
    "cores: cores busy on average",
    "computing: a core was busy, decoding and copying included",
    "reading, writing: no core was busy, but bytes were read or written; waiting: neither",
)

HOTTEST = 5
"""Number of functions to name of a case whose stacks were sampled."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A case: its phases, and the functions that ran most with their fractions of the samples; empty if not sampled."""

    task: str
    setting: str
    phases: Phases
    functions: Sequence[tuple[str, float]]


@click.command()
@click.argument("folder", type=FILE)
@click.argument("words", nargs=-1)
@click.option("--json", "machine", is_flag=True, help="Print JSON.")
def explain(folder: Path, words: tuple[str, ...], *, machine: bool) -> None:
    """Show where the time of the cases of the run in FOLDER went; only of those whose names hold all WORDS."""
    found = _explained(folder, words)
    if machine:
        click.echo(json.dumps([_as_json(one) for one in found]))
        return
    console = console_for(machine=False)
    for task in dict.fromkeys(one.task for one in found):
        console.print(_table(task, [one for one in found if one.task == task]))
    for note in (*NOTES, *_short(found), *_functions(found)):
        console.print(note, highlight=False, markup=False, soft_wrap=True)


def _as_json(one: Explained) -> dict[str, Any]:
    return {"task": one.task, "setting": one.setting} | asdict(one.phases) | {"functions": dict(one.functions)}


def _table(task: str, found: Sequence[Explained]) -> Table:
    table = Table(title=task, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("setting")
    for title in COLUMNS:
        table.add_column(title, justify="right")
    for one in sorted(found, key=lambda one: one.phases.wall_s):
        values = [getattr(one.phases, name) for name in COLUMNS.values()]
        table.add_row(one.setting, *("-" if value is None else f"{value:.3f}" for value in values))
    return table


def _functions(found: Sequence[Explained]) -> Iterator[str]:
    for one in found:
        if one.functions:
            ran = ", ".join(f"{name} {share:.0%}" for name, share in one.functions)
            yield f"samples of {one.setting}, {one.task}: {ran}"


def _short(found: Sequence[Explained]) -> Iterator[str]:
    if short := sum(not one.phases.shares for one in found):
        yield f"too short for phases, which are sampled every 10 ms: {short} of {len(found)} cases"


def _explained(folder: Path, words: Sequence[str]) -> list[Explained]:
    """Return each case whose name holds all ``words`` and that has a time.

    Raises
    ------
    BadInput
        No case has such a name.
    RasterboutError
        None of them has a time.
    """
    cases = [(run, task.title, *one) for run in load_runs([folder]) for task in tasks(run) for one in _settings(task)]
    chosen = [case for case in cases if all(word.lower() in f"{case[1]} {case[2]}".lower() for word in words)]
    if not chosen:
        names = "; ".join(f"{task}: {setting}" for _, task, setting, _ in cases[:2])
        raise BadInput(f"{folder}: no case has a name with {' '.join(words)} among {len(cases)}, such as {names}")
    found = [
        Explained(task=task, setting=setting, phases=one, functions=hottest(stacks_of(records[0], run), HOTTEST))
        for run, task, setting, records in chosen
        if (one := phases(records)) is not None
    ]
    if not found:
        raise RasterboutError("none of these cases has a time; `rasterbout report` says why")
    return found


def _settings(task: TaskRecords) -> Iterator[tuple[str, list[Record]]]:
    """Yield the name and the records of each setting of a task."""
    by_setting: dict[str, list[Record]] = {}
    for record in task.records:
        by_setting.setdefault(identity.setting_name(vars(record)), []).append(record)
    yield from by_setting.items()
