"""Forecast how dask's backends grow to 256 workers, and hold the forecast against a measured run.

    .venv/bin/python tools/forecast_growth.py [RUN...] [--size N] [--chunks N,N] [--of N] [--repeats N]

The costs of the model in `growth_model.py` are measured on s2-mosaic of ``--size`` with ``--chunks``. With them it
forecasts the raster of ``--of`` pixels along an edge, and every case of s2-mosaic in the folders RUN of
`rasterbout run`, which the fit has not seen. Prints Markdown.
"""

import math
import statistics
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
import dask
from growth_costs import DATASET, Bench, Run, bench, costs
from growth_model import Costs, Forecast, Job, forecast, paying

from rasterbout.datasets import load
from rasterbout.measure.environment import machine
from rasterbout.record import Record, latest
from rasterbout.record_file import RecordFile

BACKENDS = ("dask-map-blocks", "dask-coarsen")
OPERATIONS = ("ndvi", "mean_ndvi")
WORKERS = tuple(2**power for power in range(9))
STORAGES = {"without limit": math.inf, "10 GB/s": 1e10, "1 GB/s": 1e9}

Task = tuple[str, str]
"""A backend and an operation."""


class Sizes(click.ParamType[tuple[int, ...]]):
    """Numbers of pixels, separated by commas."""

    name = "pixels"

    def convert(self, value: object, _param: object, _context: object) -> tuple[int, ...]:
        """Return the numbers."""
        return tuple(int(word) for word in str(value).split(","))


@click.command()
@click.argument("runs", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--size", default=10980, show_default=True, help="Edge of the raster on which costs are measured.")
@click.option("--chunks", type=Sizes(), default="1024,4096", show_default=True, help="Chunks, two or more.")
@click.option("--of", default=109800, show_default=True, help="Edge of the raster of the forecast.")
@click.option("--of-chunks", type=Sizes(), default="1024,2048,3072,4096", show_default=True, help="Its chunks.")
@click.option("--repeats", default=5, show_default=True)
def main(
    runs: tuple[Path, ...], size: int, chunks: tuple[int, ...], of: int, of_chunks: tuple[int, ...], repeats: int
) -> None:
    """Measure, forecast, and print the tables."""
    here = machine()
    print(f"{here['cpu']}, {here['cores']} cores, dask {dask.__version__}, {datetime.now(UTC):%Y-%m-%d}")
    measured = _measured(runs)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        with bench(2, scratch) as two:
            scheduling = {task: _scheduling_s(two, task, of, of_chunks[-1], repeats) for task in tasks()}
            twos = {task: two.run(*task, size, chunks[0], repeats) for task in tasks()}
        with bench(1, scratch) as one:
            ones = {task: [one.run(*task, size, chunk, repeats) for chunk in chunks] for task in tasks()}
            jobs = {(task, chunk): one.graph(*task, of, chunk)[0] for task in tasks() for chunk in of_chunks}
            cases = {key: one.graph(*key[:4])[0] for key in measured}
    scene = load(DATASET, size=size)
    found = {
        task: costs(ones[task], twos[task], scene.operation(task[1]), statistics.median(scheduling[task]))
        for task in tasks()
    }
    _print_costs(found, scheduling)
    _print_tasks(ones, chunks)
    _print_forecast(found, jobs)
    _print_best(found, jobs)
    _print_errors(found, cases, measured, {(size, chunk) for chunk in chunks})


def tasks() -> list[Task]:
    """Return all pairs of a backend and an operation."""
    return [(backend, operation) for operation in OPERATIONS for backend in BACKENDS]


def _scheduling_s(two: Bench, task: Task, size: int, chunk: int, repeats: int) -> list[float]:
    _, graph = two.graph(*task, size, chunk)
    return [two.scheduling_s(graph) for _ in range(repeats)]


def _measured(runs: Iterable[Path]) -> dict[tuple[str, str, int, int, int], float]:
    """Return the median wall time in seconds by backend, operation, size, chunk and workers."""
    times: dict[tuple[str, str, int, int, int], list[float]] = {}
    for record in latest(one for run in runs for one in RecordFile(run / "records.jsonl").read()):
        if _fits(record):
            key = (record.backend, record.operation, record.size, int(record.chunk), record.workers)
            times.setdefault(key, []).append(record.median_wall_s)
    if runs and not times:
        raise click.ClickException(f"these runs have no case of {DATASET} with {' or '.join(BACKENDS)}")
    return {key: statistics.median(several) for key, several in sorted(times.items())}


def _fits(record: Record) -> bool:
    known = (record.backend, record.operation) in tasks() and record.dataset == DATASET
    return known and record.status == "ok" and record.chunk != "auto" and not record.scheduler


def _print_table(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    head = list(head)
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def _print_costs(found: Mapping[Task, Costs], scheduling: Mapping[Task, list[float]]) -> None:
    head = (
        "costs", "a million pixels", "a task, worker", "a task, scheduler", "range of it", "a task, graph", "fixed",
        "between workers", "storage",
    )  # fmt: skip
    rows = []
    for task, one in found.items():
        low, high = (1e3 * edge(scheduling[task]) for edge in (min, max))
        rows.append((
            _name(task), f"{1e9 * one.pixel_s:.2f} ms", f"{1e3 * one.task_s:.2f} ms", f"{1e3 * one.scheduler_s:.2f} ms",
            f"{low:.2f} to {high:.2f}", f"{1e3 * one.graph_s:.2f} ms", f"{1e3 * one.fixed_s:.0f} ms",
            f"{one.pixel_moved:.3f} B/px", f"{one.pixel_stored:.2f} B/px",
        ))  # fmt: skip
    _print_table("What it costs:", head, rows)


def _print_tasks(ones: Mapping[Task, list[list[Run]]], chunks: tuple[int, ...]) -> None:
    rows = []
    for task, by_chunk in ones.items():
        for chunk, runs in zip(chunks, by_chunk, strict=True):
            job = runs[0].job
            busy = [1e3 * run.computing_s / job.chunks for run in runs]
            idle = [1e3 * (run.span_s - run.computing_s) / job.tasks for run in runs]
            rows.append((
                _name(task), str(chunk), str(job.chunks), str(job.tasks),
                f"{statistics.median(busy):.1f} ms ({min(busy):.1f} to {max(busy):.1f})",
                f"{statistics.median(idle):.2f} ms ({min(idle):.2f} to {max(idle):.2f})",
            ))  # fmt: skip
    head = ("one worker", "chunk", "chunks", "tasks", "computing a chunk", "between two tasks")
    _print_table("What one worker did, from dask's times of its tasks:", head, rows)


def _print_forecast(found: Mapping[Task, Costs], jobs: Mapping[tuple[Task, int], Job]) -> None:
    rows = []
    for (task, chunk), job in jobs.items():
        walls_s = [forecast(found[task], job, workers).wall_s for workers in WORKERS]
        rows.append((_name(task), str(chunk), str(job.chunks), str(job.tasks), *(f"{one:.1f}" for one in walls_s)))
    head = ("seconds", "chunk", "chunks", "tasks", *(str(workers) for workers in WORKERS))
    _print_table("Forecast of the wall time, storage without limit, by number of workers:", head, rows)


def _print_best(found: Mapping[Task, Costs], jobs: Mapping[tuple[Task, int], Job]) -> None:
    rows = []
    for task in tasks():
        for storage, bandwidth in STORAGES.items():
            several: dict[int, dict[int, Forecast]] = {
                chunk: {workers: forecast(found[task], job, workers, bandwidth=bandwidth) for workers in WORKERS}
                for (other, chunk), job in jobs.items() if other == task
            }  # fmt: skip
            chunk = min(several, key=lambda one: min(each.wall_s for each in several[one].values()))
            walls_s = {workers: one.wall_s for workers, one in several[chunk].items()}
            workers = paying(walls_s)
            faster = walls_s[1] / walls_s[workers]
            rows.append((
                _name(task), storage, str(chunk), str(workers), f"{walls_s[workers]:.1f} s", f"{faster:.1f}",
                f"{faster / workers:.0%}", several[chunk][2 * workers if 2 * workers in walls_s else workers].limit,
            ))  # fmt: skip
    head = ("forecast", "storage", "best chunk", "workers that pay", "time", "speed-up", "efficiency", "limit beyond")
    _print_table("How many workers pay: a doubling saves a tenth of the time or more:", head, rows)


def _print_errors(
    found: Mapping[Task, Costs], cases: Mapping[tuple[str, str, int, int, int], Job],
    measured: Mapping[tuple[str, str, int, int, int], float], fitted: set[tuple[int, int]],
) -> None:  # fmt: skip
    rows, errors = [], []
    for key, wall_s in measured.items():
        backend, operation, size, chunk, workers = key
        predicted_s = forecast(found[backend, operation], cases[key], workers, apart=False).wall_s
        error = predicted_s / wall_s - 1
        held_out = (size, chunk) not in fitted
        if held_out:
            errors.append(error)
        words = (_name((backend, operation)), str(size), str(chunk), str(workers), "yes" if held_out else "no")
        rows.append((*words, f"{wall_s:.2f} s", f"{predicted_s:.2f} s", f"{error:+.0%}"))
    if rows:
        head = ("here", "size", "chunk", "workers", "held out", "measured", "predicted", "error")
        _print_table("Predicted and measured, the scheduler on the cores of the workers:", head, rows)
    if errors:
        middle, worst = statistics.median(map(abs, errors)), max(errors, key=abs)
        print(f"\n{len(errors)} held-out cases: median error {middle:.0%}, worst {worst:+.0%}")


def _name(task: Task) -> str:
    return f"{task[1]}, `{task[0]}`"


if __name__ == "__main__":
    main()
