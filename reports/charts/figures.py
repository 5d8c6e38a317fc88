"""Figures for papers, by matplotlib: times with intervals and the floor, and time against memory, for each task."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from rasterbout.record import Record
from rasterbout.reports.charts.look import Look
from rasterbout.reports.charts.task_charts import pareto_front, times_and_peaks
from rasterbout.reports.statistics.answer import Candidate, best_of_each, candidates
from rasterbout.reports.statistics.ratio import interval_of_mean
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.tasks import tasks

MARKERS = "os^Dv*XP"
GREY = "0.4"
LONGEST_NAME = 180  # characters, of the 255 that file systems allow


def save_figures(runs: Sequence[Run], beside: Path, suffix: str) -> Iterator[Path]:
    """Write a figure of each task beside the file ``beside``, in the format ``suffix``, and yield the files."""
    for run in runs:
        for task in tasks(run, runs):
            drawn = _drawn(task.title, task.records)
            if drawn is not None:
                file = beside.with_name(f"{_file_name(f'{beside.stem}-{run.name}-{task.title}')}.{suffix}")
                drawn.savefig(file, dpi=200)
                yield file


def _file_name(title: str) -> str:
    """Return ``title`` as a name that every file system accepts; long ones end in a hash of the whole."""
    name = re.sub(r"[^\w.]+", "-", title)
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:LONGEST_NAME]}-{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def _drawn(title: str, records: Sequence[Record]) -> Figure | None:
    """Return the figure of the `usable` records of one task; None where nothing was timed with right pixels."""
    found = candidates(records)
    if not found:
        return None
    points = times_and_peaks(found)
    drawn = Figure(figsize=(10, 3.6), layout="constrained")
    drawn.suptitle(title, fontsize=10)
    times, *memory = drawn.subplots(1, 2 if points else 1, squeeze=False)[0]
    look = Look(sorted({one.backend for one in found}))
    looks = {name: (look.colour(name), MARKERS[look.shape(name)]) for name in look.backends}
    floors_s = [record.floor_s for record in records if record.floor_s]
    _times(times, found, looks, median(floors_s) if floors_s else None)
    for axes in memory:
        _memory(axes, points, looks)
    return drawn


def _times(axes: Axes, found: Sequence[Candidate], looks: dict[str, tuple[str, str]], floor_s: float | None) -> None:
    best = best_of_each(found, lambda one: one.median_wall_s)
    for place, one in enumerate(reversed(best)):
        bound = interval_of_mean(list(one.wall_s.values()))
        colour, marker = looks[one.backend]
        axes.plot(bound.value, place, marker, color=colour)
        if bound.low > 0:
            axes.plot([bound.low, bound.high], [place, place], color=colour, linewidth=1.2)
    axes.set_yticks(range(len(best)), [one.backend for one in reversed(best)])
    axes.tick_params(labelsize=8)
    if floor_s is not None:
        axes.axvline(floor_s, linestyle="--", linewidth=0.8, color=GREY)
    axes.set_xscale("log")
    _legible(axes.xaxis)
    axes.set_xlabel("time (s), 95 % interval; dashed: the floor", fontsize=8)
    axes.grid(axis="x", alpha=0.3)


def _memory(
    axes: Axes, points: Sequence[tuple[Candidate, tuple[float, float]]], looks: dict[str, tuple[str, str]]
) -> None:
    for name, (colour, marker) in looks.items():
        mine = [point for one, point in points if one.backend == name]
        if mine:
            axes.plot(*zip(*mine, strict=True), marker, color=colour, label=name)
    front = pareto_front([point for _, point in points])
    axes.plot(*zip(*front, strict=True), linestyle="--", linewidth=0.8, color=GREY)
    axes.set_xscale("log")
    _legible(axes.xaxis)
    axes.set_yscale("log")
    _legible(axes.yaxis)
    axes.set_xlabel("time (s)", fontsize=8)
    axes.set_ylabel("peak memory (MB)", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


def _legible(axis: Axis) -> None:
    """Give a logarithmic ``axis`` plain decimal numbers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())
