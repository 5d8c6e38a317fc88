"""The tables that `forecast_growth.py` prints, in Markdown."""

import math
import statistics
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from growth_costs import Run
from growth_model import Costs, Job, forecast, paying

WORKERS = tuple(2**power for power in range(9))
STORAGES = {"without limit": math.inf, "10 GB/s": 1e10, "1 GB/s": 1e9}

Task = tuple[str, str]
"""A backend and an operation."""


class Cell(NamedTuple):
    """A case that has been measured; ``size`` and ``chunk`` are edges in pixels."""

    backend: str
    operation: str
    size: int
    chunk: int
    workers: int


def print_costs(found: Mapping[Task, Costs], scheduling: Mapping[Task, Sequence[float]]) -> None:
    """Print the costs of the model, and the range of the scheduler's times."""
    head = (
        "", "worker: 1 Mpx", "a task", "scheduler: a task", "graph: a task", "fixed", "between workers", "storage",
    )  # fmt: skip
    rows = [
        (
            _name(task), f"{1e9 * one.pixel_s:.1f} ms", f"{1e3 * one.task_s:.2f} ms",
            f"{1e3 * one.scheduler_s:.2f} ms ({_range_ms(scheduling[task], 2)})", f"{1e3 * one.graph_s:.2f} ms",
            f"{1e3 * one.fixed_s:.0f} ms", f"{one.pixel_moved:.3f} B/px", f"{one.pixel_stored:.2f} B/px",
        )
        for task, one in found.items()
    ]  # fmt: skip
    _print_table("Costs:", head, rows)


def print_tasks(ones: Mapping[Task, Sequence[Sequence[Run]]], chunks: Sequence[int]) -> None:
    """Print what one worker did: medians with ranges."""
    rows = []
    for task, by_chunk in ones.items():
        for chunk, runs in zip(chunks, by_chunk, strict=True):
            job = runs[0].job
            busy_s = [run.computing_s / job.chunks for run in runs]
            idle_s = [(run.span_s - run.computing_s) / job.tasks for run in runs]
            medians = [1e3 * statistics.median(several) for several in (busy_s, idle_s)]
            rows.append((
                _name(task), str(chunk), str(job.chunks), str(job.tasks),
                f"{medians[0]:.1f} ms ({_range_ms(busy_s, 1)})", f"{medians[1]:.2f} ms ({_range_ms(idle_s, 2)})",
            ))  # fmt: skip
    head = ("", "chunk", "chunks", "tasks", "computing a chunk", "between two tasks")
    _print_table("One worker, from dask's times of its tasks:", head, rows)


def print_forecasts(found: Mapping[Task, Costs], jobs: Mapping[Task, Mapping[int, Job]]) -> None:
    """Print the forecast of each number of workers, with a storage that is never waited for."""
    rows = [
        (
            _name(task), str(chunk), str(job.chunks), str(job.tasks),
            *(f"{forecast(found[task], job, workers).wall_s:.3g}" for workers in WORKERS),
        )
        for task, by_chunk in jobs.items() for chunk, job in by_chunk.items()
    ]  # fmt: skip
    head = ("", "chunk", "chunks", "tasks", *map(str, WORKERS))
    _print_table("Forecast in seconds by number of workers, storage without limit:", head, rows)


def print_paying(found: Mapping[Task, Costs], jobs: Mapping[Task, Mapping[int, Job]]) -> None:
    """Print the chunk that can be fastest, how many workers pay then, and what limits more."""
    rows = []
    for task, by_chunk in jobs.items():
        for storage, bandwidth in STORAGES.items():
            several = {
                chunk: {workers: forecast(found[task], job, workers, bandwidth=bandwidth) for workers in WORKERS}
                for chunk, job in by_chunk.items()
            }
            chunk = min(several, key=lambda one, all_=several: min(each.wall_s for each in all_[one].values()))
            walls_s = {workers: one.wall_s for workers, one in several[chunk].items()}
            workers = paying(walls_s)
            faster = walls_s[1] / walls_s[workers]
            limit = several[chunk][min(2 * workers, WORKERS[-1])].limit
            rows.append((
                _name(task), storage, str(chunk), str(workers), f"{walls_s[workers]:.3g} s", f"{faster:.1f}",
                f"{faster / workers:.0%}", limit,
            ))  # fmt: skip
    head = ("", "storage", "chunk", "workers that pay", "time", "speed-up", "efficiency", "limit of more")
    _print_table("The chunk that can be fastest, and how many workers pay:", head, rows)


def print_errors(
    found: Mapping[Task, Costs], jobs: Mapping[Cell, Job], measured: Mapping[Cell, float],
    fitted: Collection[tuple[int, int]],
) -> None:  # fmt: skip
    """Print predicted and measured times, and the errors of those that the costs do not come from.

    Parameters
    ----------
    fitted
        Sizes and chunks that the costs come from.
    """
    rows, errors = [], []
    for cell, wall_s in measured.items():
        predicted_s = forecast(found[cell.backend, cell.operation], jobs[cell], cell.workers, apart=False).wall_s
        error = predicted_s / wall_s - 1
        held_out = (cell.size, cell.chunk) not in fitted
        errors += [error] * held_out
        rows.append((
            _name((cell.backend, cell.operation)), str(cell.size), str(cell.chunk), str(cell.workers),
            f"{wall_s:.2f} s", f"{predicted_s:.2f} s", f"{error:+.0%}{'' if held_out else ' (fitted)'}",
        ))  # fmt: skip
    if not rows:
        return
    head = ("", "size", "chunk", "workers", "measured", "predicted", "error")
    _print_table("Predicted and measured here, where scheduler and workers share as many cores as workers:", head, rows)
    if errors:
        middle, worst = statistics.median(map(abs, errors)), max(errors, key=abs)
        print(f"\n{len(errors)} cases that the costs do not come from: median error {middle:.0%}, worst {worst:+.0%}")


def _print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def _range_ms(several_s: Sequence[float], digits: int) -> str:
    return f"{1e3 * min(several_s):.{digits}f} to {1e3 * max(several_s):.{digits}f}"


def _name(task: Task) -> str:
    return f"{task[1]}, `{task[0]}`"
