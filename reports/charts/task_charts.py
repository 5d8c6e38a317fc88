"""Interactive charts of one task, by Bokeh."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from bokeh.models import ColumnDataSource, HoverTool
from bokeh.models.annotations import Span, Whisker

from rasterbout.measures import BY_NAME
from rasterbout.record import Record
from rasterbout.reports.charts.drift import drift
from rasterbout.reports.charts.heat_maps import heat_maps
from rasterbout.reports.charts.look import COLOURS, INK, Chart, Look, blank
from rasterbout.reports.charts.race import race
from rasterbout.reports.charts.timelines import timelines
from rasterbout.reports.statistics.answer import Candidate, best_of_each, candidates
from rasterbout.reports.statistics.ratio import interval_of_mean
from rasterbout.reports.statistics.tasks import TaskRecords

PEAK = BY_NAME["peak_bytes"]


def task_charts(task: TaskRecords, look: Look) -> Iterator[Chart]:
    """Yield the charts for which ``task`` has records."""
    found = candidates(task.records)
    if not found:
        return
    best = best_of_each(found, lambda one: one.median_wall_s)
    floor_s = [record.floor_s for record in task.records if record.floor_s]
    yield _times(best, median(floor_s) if floor_s else None, look)
    yield from race(task.every, look)
    yield from heat_maps(found)
    yield from _memory(found, look)
    yield from _start(best, task.records)
    yield from timelines(best, task.records, look)
    yield from drift(task, look)


def _times(best: Sequence[Candidate], floor_s: float | None, look: Look) -> Chart:
    names = [one.backend for one in reversed(best)]
    plot = blank(y_range=names, x_axis_label="time (s)", height=90 + 34 * len(names))
    bounds = [interval_of_mean(list(one.wall_s.values())) for one in best]
    source = ColumnDataSource({
        "backend": [one.backend for one in best],
        "wall_s": [bound.value for bound in bounds],
        "low": [bound.low if bound.low > 0 else bound.value for bound in bounds],
        "high": [bound.high if bound.high < float("inf") else bound.value for bound in bounds],
        "setting": [one.name for one in best],
        "colour": [look.colour(one.backend) for one in best],
    })  # fmt: skip
    dots = plot.scatter("wall_s", "backend", size=11, color="colour", source=source)
    plot.add_layout(
        Whisker(base="backend", lower="low", upper="high", dimension="width", source=source, line_color=INK)
    )
    if floor_s is not None:
        plot.add_layout(Span(location=floor_s, dimension="height", line_color=INK, line_dash="dashed"))
    plot.x_range.start = 0
    plot.add_tools(HoverTool(renderers=[dots], tooltips=[("", "@setting"), ("time", "@wall_s s")]))
    return Chart(
        title="Time",
        caption="of the best setting of each backend, with the 95 % interval of its mean over the rounds; "
        "dashed: the floor.",
        plot=plot,
    )


def _memory(found: Sequence[Candidate], look: Look) -> Iterator[Chart]:
    points = times_and_peaks(found)
    if not points:
        return
    plot = blank(x_axis_label="time (s)", y_axis_label="peak memory (MB)", x_axis_type="log", y_axis_type="log")
    for backend in dict.fromkeys(one.backend for one, _ in points):
        mine = [(one, point) for one, point in points if one.backend == backend]
        source = ColumnDataSource({
            "wall_s": [wall_s for _, (wall_s, _) in mine],
            "peak_mb": [peak_mb for _, (_, peak_mb) in mine],
            "setting": [one.name for one, _ in mine],
        })  # fmt: skip
        dots = plot.scatter("wall_s", "peak_mb", source=source, size=10, **look.dots(backend))
        tooltips = [("", "@setting"), ("time", "@wall_s{0.000} s"), ("peak", "@peak_mb{0} MB")]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tooltips))
    front = pareto_front([point for _, point in points])
    plot.line(*zip(*front, strict=True), color=INK, line_dash="dashed")
    yield Chart(title="Time against memory", caption="of all settings; dashed: the Pareto front.", plot=plot)


def times_and_peaks(found: Sequence[Candidate]) -> list[tuple[Candidate, tuple[float, float]]]:
    """Return the candidates whose memory was measured, each with its time in seconds and its peak in MB."""
    return [(one, (one.median_wall_s, one.peak_bytes * PEAK.scale)) for one in found if one.peak_bytes is not None]


def pareto_front(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the Pareto front of ``points``, both minimised, in ascending order of the first."""
    front: list[tuple[float, float]] = []
    for first, second in sorted(points):
        if not front or second < front[-1][1]:
            front.append((first, second))
    return front


def _start(best: Sequence[Candidate], records: Sequence[Record]) -> Iterator[Chart]:
    samples_s = {one.backend: [found.startup_s for found in records if found.backend == one.backend] for one in best}
    starts_s = {name: median(known) for name, found in samples_s.items() if (known := [s for s in found if s])}
    if not starts_s:
        return
    names = list(reversed(starts_s))
    plot = blank(y_range=names, x_axis_label="seconds", height=90 + 34 * len(names))
    data: dict[str, Any] = {
        "backend": names,
        "start": [starts_s[name] for name in names],
        "operation": [next(one.median_wall_s for one in best if one.backend == name) for name in names],
    }
    bars = plot.hbar_stack(
        ["start", "operation"], y="backend", height=0.6, color=[COLOURS[-1], COLOURS[0]], source=ColumnDataSource(data)
    )
    tooltips = [("", "@backend"), ("start-up", "@start{0.000} s"), ("operation", "@operation{0.000} s")]
    plot.add_tools(HoverTool(renderers=bars, tooltips=tooltips))
    yield Chart(
        title="Start-up and operation",
        caption="grey: start-up, until a session is open; blue: one operation.",
        plot=plot,
    )
