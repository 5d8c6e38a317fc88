"""``rasterbout run``: measure every case, verify its pixels, and show the comparison."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from rasterbout.case import Case
from rasterbout.cli.operations import FILE
from rasterbout.cli.options import LAYOUT, RESAMPLING, Chunk, OperationName, Several, options
from rasterbout.cli.progress import shown
from rasterbout.cli.tasks import OwnFiles, tasks_on_datasets, tasks_on_files
from rasterbout.contract import Layout
from rasterbout.errors import BadInput, RasterboutError
from rasterbout.measure.environment import describe_environment
from rasterbout.measure.runner import Settings, measure
from rasterbout.operation import OPERATIONS, Resampling
from rasterbout.plan import cases, yardsticks
from rasterbout.presets import PRESETS, Measured, Preset
from rasterbout.record import Record, append_record, read_records
from rasterbout.registry import backend_names, load_backend
from rasterbout.reports.table import tables

PLAIN_COLUMNS = 100  # of a table that goes into a file or through a pipe

OWN_FILES = options(
    click.option("--red", type=FILE, help="Measure your own files: the red band,"),
    click.option("--red-band", type=int, default=1),
    click.option("--nir", type=FILE, help="the near-infrared band,"),
    click.option("--nir-band", type=int, default=1),
    click.option("--source", type=FILE, help="what to downscale,"),
    click.option("--moving", type=FILE, help="what to superimpose,"),
    click.option("--reference", type=FILE, help="and onto whose grid."),
)
CHOICES = options(
    click.option("--preset", type=click.Choice(list(PRESETS)), default="quick", show_default=True, help="How much."),
    click.option("--operations", type=Several(OperationName()), default=",".join(OPERATIONS), help="Only these."),
    click.option("--backends", type=Several(click.STRING), help="Only these; default all."),
    click.option("--dataset", type=Several(click.STRING), help="Names, or a product's folder; default the preset's."),
    click.option("--size", type=int, help="Edge of a generated dataset in pixels."),
    click.option("--factor", type=int, help="Of downscale and mean_ndvi; default the dataset's."),
    RESAMPLING,
    click.option("--chunks", type=Several(Chunk()), help="Edges of a piece in pixels, or auto."),
    click.option("--workers", type=Several(click.IntRange(min=1)), help="Pieces worked on at once."),
    click.option("--rounds", type=click.IntRange(min=1), help="Processes for each case."),
    click.option("--repeats", type=click.IntRange(min=1), help="Timed repeats in each process."),
    click.option("--timeout", "timeout_s", type=click.FloatRange(min=1), help="Seconds for each process."),
    click.option("--cache", type=click.Choice(["warm"]), default="warm", help="State of the inputs in the page cache."),
)


@click.command()
@CHOICES
@OWN_FILES
@options(*LAYOUT)
@click.option("--out", "folder", type=FILE, help="Folder for the records; default runs/<time>-<preset>.")
@click.option("--resume", is_flag=True, help="Measure only what the folder does not hold yet.")
def run(folder: Path | None, resume: bool, preset: str, **chosen: Any) -> None:  # noqa: FBT001
    """Measure every backend on every operation, each case in a process of its own, pixels verified."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_COLUMNS)
    _require_backends()
    settings, planned = _plan(PRESETS[preset], console=console, **chosen)
    folder = folder or Path("runs") / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{preset}"
    earlier = _earlier(folder, resume)
    described = {"preset": preset, **asdict(settings), "environment": planned[0].resources.environment()}
    (folder / "environment.json").write_text(
        json.dumps(describe_environment(described), indent=2) + "\n", encoding="utf-8"
    )
    console.print(_held_to(planned), highlight=False, soft_wrap=True)
    records = list(earlier)
    try:
        with _scratch(folder) as scratch:
            todo = measure(planned, settings, {record.cell for record in earlier}, scratch)
            for record in shown(todo, len(planned) * settings.rounds - len(earlier), console):
                append_record(folder / "records.jsonl", record)
                records.append(record)
    finally:
        for table in tables(records):
            console.print()
            console.print(table)
        console.print(f"\n{len(records)} records: {folder / 'records.jsonl'}", soft_wrap=True, highlight=False)
    _require_success(records)


def _plan(
    preset: Preset,
    *,
    console: Console,
    operations: tuple[str, ...],
    backends: tuple[str, ...] | None,
    dataset: tuple[str, ...] | None,
    size: int | None,
    factor: int | None,
    resampling: str,
    chunks: tuple[int | None, ...] | None,
    workers: tuple[int, ...] | None,
    rounds: int | None,
    repeats: int | None,
    timeout_s: float | None,
    layout: str,
    compress: str,
    cache: str,  # noqa: ARG001  there is one state as yet
    **files: Any,
) -> tuple[Settings, list[Case]]:
    own, stored = OwnFiles(**files), Layout(blocks=layout, compression=compress)  # type: ignore[arg-type]
    for name in backends or ():
        load_backend(name)  # an unknown name must not cost the time to make a dataset
    if own.named:
        tasks = tasks_on_files(own, operations, factor, Resampling(resampling))
    else:
        measured = _datasets(preset, dataset, size)
        tasks = tasks_on_datasets(measured, operations, factor, Resampling(resampling), stored, console)
    if not tasks:
        raise BadInput(f"nothing to measure: {', '.join(operations)} cannot be done on what was named")
    counts = workers or preset.workers
    planned = cases(tasks, backends or backend_names(), chunks or preset.chunks, counts, stored)
    if backends is None:
        planned += yardsticks(tasks, preset.yardsticks, chunks or preset.chunks, counts, stored)
    settings = Settings(
        rounds=rounds or preset.rounds, repeats=repeats or preset.repeats, timeout_s=timeout_s or preset.timeout_s
    )
    return settings, planned


def _datasets(preset: Preset, names: tuple[str, ...] | None, size: int | None) -> list[Measured]:
    known = {measured.name: measured for measured in preset.datasets}
    wanted = list(known.values())
    if names:  # what was asked for by name must be there
        wanted = [
            replace(known.get(name, Measured(name=name)), optional=False, operations=OPERATIONS) for name in names
        ]
    if size is None:
        return wanted
    if not any(measured.name == "s2-tile" for measured in wanted):
        raise BadInput(f"--size {size} is for s2-tile; add it to --dataset or leave the size out")
    return [replace(measured, size=size) if measured.name == "s2-tile" else measured for measured in wanted]


def _held_to(planned: list[Case]) -> str:
    """Return the limits that all cases share, as they are given to every process."""
    workers = {case.resources.workers: None for case in planned}
    limits = {key: value for case in planned for key, value in case.resources.environment().items() if "ITK" not in key}
    held = ", ".join(f"{key}={value}" for key, value in limits.items())
    return f"{len(planned)} cases; workers (processes, threads or ITK threads): {', '.join(map(str, workers))}; {held}"


def _earlier(folder: Path, resume: bool) -> list[Record]:  # noqa: FBT001
    records = folder / "records.jsonl"
    if not records.exists():
        folder.mkdir(parents=True, exist_ok=True)
        return []
    if not resume:
        raise BadInput(
            f"{folder}: holds the records of an earlier run; add --resume to go on, or choose another folder"
        )
    return read_records(records)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".outputs-") as scratch:
        yield Path(scratch).absolute()


def _require_backends() -> None:
    """Fail where a backend that the environment requires is not available."""
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
        raise RasterboutError("nothing was measured: no backend could do any of the operations; see the table")
