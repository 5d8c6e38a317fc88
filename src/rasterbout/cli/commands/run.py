"""``rasterbout run``: measure every case, verify its pixels, and show the results."""

import os
import shlex
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from rasterbout import identity
from rasterbout.cli.choice import choice
from rasterbout.cli.context import changes, clashes, described, held_to, places
from rasterbout.cli.display import console_for, display_on
from rasterbout.cli.forecast import Forecast, in_words
from rasterbout.cli.keeping import keep_history
from rasterbout.cli.operation_options import options_of_all
from rasterbout.cli.options import CASES, HOW_OFTEN, WHERE, options
from rasterbout.cli.run_plan import AnyRunner, runner_of, settings_of, site_of
from rasterbout.cli.scheduler import dask_of, scheduled, try_scheduler
from rasterbout.cli.types import FILE
from rasterbout.cluster.campaign import Campaign
from rasterbout.cluster.dask_cluster import DaskCluster
from rasterbout.errors import RasterboutError
from rasterbout.fitness import unfit_rounds
from rasterbout.measure.environment import describe_environment
from rasterbout.measure.flames import Sampled, sample
from rasterbout.measure.folder import RunFolder
from rasterbout.presets import PRESETS, preset
from rasterbout.race.outcome import outcome
from rasterbout.race.track import Track
from rasterbout.race.words import headline
from rasterbout.record import Record, latest
from rasterbout.registry import load_backend

WORK = "repeats, warm-ups, floors and verification"


@click.command()
@click.option(
    "--preset", "much", type=click.Choice(list(PRESETS)), default="quick", show_default=True, help="What to measure."
)
@options(*CASES, *options_of_all(), *HOW_OFTEN, *WHERE)
@click.option("--out", "path", type=FILE, help="Folder for the records; default runs/<time>-<preset>.")
@click.option("--resume", is_flag=True, help="Measure only what is missing in the folder.")
@click.option(
    "--flames", is_flag=True, help="Then sample where the fastest setting of each backend spends its time, by py-spy."
)
@click.option(
    "--json", "machine", is_flag=True, help="Print each record as a line of JSON, and everything else on stderr."
)
def run(
    much: str, path: Path | None, resume: bool, flames: bool, machine: bool, rounds: int | None,  # noqa: FBT001
    budget_s: float | None, repeats: int | None, timeout_s: float | None, seed: int | None, on: str | None, nodes: int,
    cluster: dict[str, Any] | DaskCluster, scheduler: str | None, **chosen: Any,
) -> None:  # fmt: skip
    """Measure every backend on every operation, each case in its own process, and verify the pixels."""
    console = console_for(machine=machine)
    _require_backends()
    dask = dask_of(cluster, scheduler)
    wanted = choice(chosen | {"scheduler": dask.name if isinstance(dask, DaskCluster) else dask})
    site = {} if isinstance(cluster, DaskCluster) else cluster
    where = site_of(on, nodes, site, budget_s=budget_s, flames=flames, scheduler=wanted.scheduler)
    measured = preset(much)
    planned = wanted.cases(measured, console)
    folder = RunFolder(path or Path("runs") / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{much}", resume=resume)
    earlier = folder.earlier()
    if rounds or budget_s:
        measured = replace(measured, rounds=rounds or measured.rounds, budget_s=budget_s)
    settings = settings_of(measured, repeats, timeout_s, wanted.memory_limit, seed, earlier.get("settings", {}), where)
    if broken := folder.records.mend():
        console.print(f"the last record was cut off; it was moved to {broken}", highlight=False, soft_wrap=True)
    planned = click.get_current_context().with_resource(scheduled(planned, dask, console))
    tried = try_scheduler(planned, settings.effort, folder.path, console)
    runner = runner_of(planned, settings, folder.path, where)
    environment = describe_environment(described(much, settings, planned), places(folder.path, planned))
    environment |= {"scheduler": tried} if tried else {}
    environment["earlier"] = [*earlier.pop("earlier", []), *filter(None, [earlier])]
    folder.write_environment(environment, runner.records)
    for line in (*changes(environment), held_to(planned), *clashes(planned)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    started_s = time.monotonic()
    try:
        _measure(runner, console, machine=machine)
    finally:
        folder.write_environment(environment, runner.records)
        if where is None:  # of other machines, the history would be of no use here
            keep_history(folder, console)
        if not machine:
            _show(runner, console)
        _show_end(runner, folder, time.monotonic() - started_s, console)
    if flames:
        _print_sampled(sample(planned, latest(runner.records), folder.path, settings.effort), console)
    _require_success(latest(runner.records))


def _measure(runner: AnyRunner, console: Console, *, machine: bool) -> None:
    forecast = Forecast()
    for record in runner.records:
        forecast.learn(record)
    with display_on(console, machine=machine) as display:
        for record in runner.run():
            forecast.learn(record)
            left = runner.left
            display.show(runner.records, len(runner.records) + len(left), in_words(forecast.left_s(left)))


def _print_sampled(found: Iterator[Sampled], console: Console) -> None:
    for one in found:
        how = f"not sampled: {one.problem}" if one.problem else "sampled"
        console.print(f"{how}: {identity.case_name(one.case.fields)}", highlight=False, markup=False, soft_wrap=True)


def _show(runner: AnyRunner, console: Console) -> None:
    from rasterbout.reports.tables.terminal import tables  # noqa: PLC0415  imports pandas and scipy, after the rounds

    for table in tables(runner.records):
        console.print()
        console.print(table)
    if isinstance(runner, Track):
        console.print()
        for task in runner.races:
            console.print(headline(outcome(task, runner, {}, None)), highlight=False, markup=False, soft_wrap=True)


def _show_end(runner: AnyRunner, folder: RunFolder, elapsed_s: float, console: Console) -> None:
    unfit = unfit_rounds(latest(runner.records))
    if unfit:
        console.print(
            f"\nunfit rounds, left out of the tables: {', '.join(map(str, unfit))}; see {folder.path}/environment.json"
        )
    again = f"continue with: {_again(folder)}" if runner.left else f"add rounds with: {_again(folder)} --rounds N"
    work = f"{WORK} on all nodes" if isinstance(runner, Campaign) else WORK
    lines = [
        f"\n{runner.busy_s / elapsed_s:.0%} of {elapsed_s:.0f} s went into {work}",
        f"{len(runner.records)} records: {folder.records.path}; {again}",
        f"report: {shlex.join(['rasterbout', 'report', str(folder.path)])}",
    ]
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _again(folder: RunFolder) -> str:
    """Return the command that measures more into ``folder``."""
    words = [word for word in sys.argv[1:] if word != "--resume"]
    return shlex.join(["rasterbout", *words, *([] if "--out" in words else ["--out", str(folder.path)]), "--resume"])


def _require_backends() -> None:
    """Raise an error if a backend that RASTERBOUT_REQUIRE names is not available."""
    for name in filter(None, os.environ.get("RASTERBOUT_REQUIRE", "").split(",")):
        found = load_backend(name.strip()).probe()
        if not found.available:
            raise RasterboutError(
                f"RASTERBOUT_REQUIRE names {name}, which is not available: {found.reason}; {found.remedy}"
            )


def _require_success(records: list[Record]) -> None:
    failed = [record for record in records if record.status not in {"ok", "unavailable", "unsupported"}]
    if failed:
        first = failed[0]
        raise RasterboutError(
            f"{len(failed)} of {len(records)} cases failed, the first {first.backend} {first.operation} on "
            f"{first.dataset}: {first.status}: {first.reason}"
        )
    if not any(record.status == "ok" for record in records):
        raise RasterboutError("nothing was measured: no backend supports any of the operations; see the table")
