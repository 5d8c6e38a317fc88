"""``rasterbout advise``: which backend, chunk and workers to use for one operation on the user's own files."""

import json
import shlex
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console

from rasterbout.case import Cache
from rasterbout.cli.context import described, places
from rasterbout.cli.display import console_for, in_one_line
from rasterbout.cli.keeping import keep_history
from rasterbout.cli.operation_options import options_of, scene_of, taken_from
from rasterbout.cli.options import LAYOUT, RACE, options
from rasterbout.cli.race_plan import layout_of, plan_of, require_possible, script_of, task_of
from rasterbout.cli.types import FILE, OperationGroup
from rasterbout.errors import RasterboutError
from rasterbout.measure.environment import describe_environment
from rasterbout.measure.environment import machine as this_machine
from rasterbout.measure.folder import RunFolder
from rasterbout.measure.runner import Settings
from rasterbout.operations.registry import operations, summary
from rasterbout.plan import Task, fields_of_task
from rasterbout.race.advice import Advice, Plan
from rasterbout.race.words import as_json, lines


@click.group("advise", cls=OperationGroup)
def advise_group() -> None:
    """Race backends, chunks and workers on your own files, and say which to use."""


def _command(name: str) -> click.Command:
    operation = operations()[name]

    def callback(path: Path | None, files: int, machine: bool, remembered: bool, **chosen: Any) -> None:  # noqa: FBT001  by click
        paths, bands, parameters = taken_from(chosen)
        console = console_for(machine=machine)
        started = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
        scene = scene_of(paths, bands)
        require_possible(scene, name, parameters, chosen["backends"] or ())
        if remembered:
            task = task_of(scene, name, parameters, layout_of(chosen))
            _recall(task, chosen["cache"], console, machine=machine)
            return
        folder = RunFolder(path or Path("runs") / f"{started}-advise-{name}", resume=False)
        with TemporaryDirectory(dir=folder.path, prefix=".piece-") as scratch:
            plan = plan_of(scene, name, parameters, chosen, Path(scratch))
            advice = Advice(plan, folder.path, lambda line: _print(console, line))
            try:
                _race(plan, advice, folder, console)
            finally:
                _show(advice, plan, files, folder, console, machine=machine)
        if advice.outcome().best is None:
            raise RasterboutError("no answer: no candidate completed a round with right pixels; see the records")

    decorated = options(*options_of(operation), *LAYOUT, *RACE, *OUTPUT)(callback)
    return click.command(name.replace("_", "-"), help=summary(operation))(decorated)


OUTPUT = (
    click.option(
        "--files", type=click.IntRange(min=1), default=1, help="Predict the time for this number of such files."
    ),
    click.option("--out", "path", type=FILE, help="Folder for the records; default runs/<time>-advise-<operation>."),
    click.option(
        "--from-history",
        "remembered",
        is_flag=True,
        help="Answer at once from earlier runs on files like these, without measuring.",
    ),
    click.option("--json", "machine", is_flag=True, help="Print the answer as JSON, and everything else on stderr."),
)


def _recall(task: Task, cache: Cache, console: Console, *, machine: bool) -> None:
    """Print the answer from earlier runs.

    Raises
    ------
    RasterboutError
        Nothing like this was measured.
    """
    from rasterbout.history import recall, store, words  # noqa: PLC0415  import pandas and scipy

    fields = fields_of_task(task, cache)
    found = recall.recall(fields, store.earlier_runs(**this_machine()))
    if machine:
        click.echo(json.dumps(words.as_json(found, fields)))
    elif found is not None:
        for line in words.lines(found, fields):
            _print(console, line)
    if found is None:
        raise RasterboutError("; ".join(words.lines(found, fields)))


def _race(plan: Plan, advice: Advice, folder: RunFolder, console: Console) -> None:
    settings = Settings(rounds=0, effort=plan.effort, seed=plan.seed)
    environment = describe_environment(described("advise", settings, advice.cases), places(folder.path, advice.cases))
    environment["race"] = {**asdict(plan.rules), "budget_s": plan.budget_s}
    _print(console, f"{len(advice.cases)} settings, at most {plan.budget_s:.0f} s")
    records = []
    try:
        for record in advice.run():
            records.append(record)
            _print(console, f"{len(records)} round {record.round}: {in_one_line(record)}")
    finally:
        folder.write_environment(environment, records)
        keep_history(folder, console)


def _show(advice: Advice, plan: Plan, files: int, folder: RunFolder, console: Console, *, machine: bool) -> None:
    found = advice.outcome()
    script = script_of(found, plan.task)
    if machine:
        click.echo(json.dumps(as_json(found, files) | {"script": None if script is None else asdict(script)}))
    _print(console, "")
    for line in lines(found, files):
        _print(console, line)
    if script is not None:
        file = folder.path / {"python": "script.py", "bash": "script.sh"}[script.language]
        file.write_text(script.text, encoding="utf-8")
        _print(console, f"\n{script.text}\nthe script above, which does this without rasterbout: {file}")
    _print(console, f"records: {folder.records.path}; report: {shlex.join(['rasterbout', 'report', str(folder.path)])}")


def _print(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


for _name in operations():
    advise_group.add_command(_command(_name))
