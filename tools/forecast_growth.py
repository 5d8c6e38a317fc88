"""Forecast how dask's backends grow to 256 workers, and hold the forecast against measured runs.

    .venv/bin/python tools/forecast_growth.py [RUN...] [--size N] [--chunks N N] [--of N] [--repeats N]

The costs of the model in `growth_model.py` are measured on s2-mosaic of ``--size`` with ``--chunks``. With them it
forecasts the raster of ``--of`` pixels along an edge, and every case of s2-mosaic in the folders RUN of
`rasterbout run`. Prints Markdown.
"""

import statistics
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
import dask
import growth_tables as tables
from growth_costs import DATASET, Bench, bench, costs
from growth_tables import Cell, Task

from rasterbout.datasets import load
from rasterbout.measure.environment import machine
from rasterbout.record import Record, latest
from rasterbout.record_file import RecordFile

TASKS: tuple[Task, ...] = tuple(
    (backend, operation) for operation in ("ndvi", "mean_ndvi") for backend in ("dask-map-blocks", "dask-coarsen")
)
OF_CHUNKS = (1024, 2048, 3072, 4096)
SIZE = click.IntRange(min=2 * OF_CHUNKS[-1])  # the scheduler's time is that between two tasks or more


@click.command()
@click.argument("runs", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--size", default=10980, show_default=True, help="Edge of the raster on which costs are measured.")
@click.option("--chunks", nargs=2, default=(1024, 4096), show_default=True, help="Its chunks.")
@click.option("--of", type=SIZE, default=109800, show_default=True, help="Edge of the raster of the forecast.")
@click.option("--repeats", default=5, show_default=True)
def main(runs: tuple[Path, ...], size: int, chunks: tuple[int, int], of: int, repeats: int) -> None:
    """Measure, forecast, and print the tables."""
    here = machine()
    print(f"{here['cpu']}, {here['cores']} cores, dask {dask.__version__}, {datetime.now(UTC):%Y-%m-%d}")
    measured = _measured(runs)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        with bench(2, scratch) as two:
            scheduling = {task: _scheduling_s(two, task, of, repeats) for task in TASKS}
            twos = {task: two.run(*task, size, chunks[0], repeats) for task in TASKS}
        with bench(1, scratch) as one:
            ones = {task: [one.run(*task, size, chunk, repeats) for chunk in chunks] for task in TASKS}
            jobs = {task: {chunk: one.graph(*task, of, chunk)[0] for chunk in OF_CHUNKS} for task in TASKS}
            cases = {cell: one.graph(*cell[:4])[0] for cell in measured}
    scene = load(DATASET, size=size)
    found = {
        task: costs(ones[task], twos[task], scene.operation(task[1]), statistics.median(scheduling[task]))
        for task in TASKS
    }
    tables.print_costs(found, scheduling)
    tables.print_tasks(ones, chunks)
    tables.print_forecasts(found, jobs)
    tables.print_paying(found, jobs)
    tables.print_errors(found, cases, measured, {(size, chunk) for chunk in chunks})


def _scheduling_s(two: Bench, task: Task, size: int, repeats: int) -> list[float]:
    _, graph = two.graph(*task, size, OF_CHUNKS[-1])
    return [two.scheduling_s(graph) for _ in range(repeats)]


def _measured(runs: Iterable[Path]) -> dict[Cell, float]:
    """Return the median wall times in seconds of what the runs measured right."""
    times: dict[Cell, list[float]] = {}
    folders = list(runs)
    for record in latest(one for folder in folders for one in RecordFile(folder / "records.jsonl").read()):
        if _fits(record):
            cell = Cell(record.backend, record.operation, record.size, int(record.chunk), record.workers)
            times.setdefault(cell, []).append(record.median_wall_s)
    if folders and not times:
        raise click.ClickException(f"these runs have no right result of dask on {DATASET} with chunks of a given size")
    return {cell: statistics.median(several) for cell, several in sorted(times.items())}


def _fits(record: Record) -> bool:
    known = (record.backend, record.operation) in TASKS and record.dataset == DATASET
    return known and record.status == "ok" and record.chunk != "auto" and not record.scheduler


if __name__ == "__main__":
    main()
