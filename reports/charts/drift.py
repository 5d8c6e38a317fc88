"""Every sample of a task in the order of the run, which shows drift."""

from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Any

from bokeh.models import ColumnDataSource, HoverTool
from bokeh.models.annotations import Span

from rasterbout import identity
from rasterbout.identity import Key
from rasterbout.record import Record
from rasterbout.reports.charts.look import INK, Chart, Look, blank
from rasterbout.reports.statistics.tasks import TaskRecords

Columns = dict[str, Any]
"""Lists of the same length."""


def drift(task: TaskRecords, look: Look) -> Iterator[Chart]:
    """Yield the time of each sample as a ratio to the median of its case; nothing where no start time is known."""
    timed = sorted((one for one in task.every if one.wall_s and one.started_at), key=lambda one: one.started_at)
    if len(timed) < 2:
        return
    medians_s = _medians_s(timed)
    begun = datetime.fromisoformat(timed[0].started_at)
    plot = blank(x_axis_label="minutes since the first sample", y_axis_label="time / median", y_axis_type="log")
    plot.add_layout(Span(location=1, dimension="width", line_color=INK, line_dash="dashed"))
    for backend in dict.fromkeys(record.backend for record in timed):
        columns: Columns = {name: [] for name in ("minutes", "ratio", "wall_s", "round", "setting", "filled")}
        for record in timed:
            if record.backend == backend:
                _add(columns, record, medians_s[record.case], begun, fit=record.round not in task.unfit)
        source = ColumnDataSource(columns)
        dots = plot.scatter("minutes", "ratio", source=source, size=7, fill_alpha="filled", **look.dots(backend))
        tooltips = [("", "@setting"), ("round", "@round"), ("time", "@wall_s{0.0000} s")]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tooltips))
    yield Chart(
        title="Every sample, in the order of the run",
        caption="against the median of its case; hollow: of an unfit round, left out of the tables.",
        plot=plot,
    )


def _medians_s(timed: list[Record]) -> dict[Key, float]:
    by_case: dict[Key, list[float]] = {}
    for record in timed:
        by_case.setdefault(record.case, []).extend(record.wall_s)
    return {case: median(values) for case, values in by_case.items()}


def _add(columns: Columns, record: Record, median_s: float, begun: datetime, *, fit: bool) -> None:
    """Add the samples of a record, each at the approximate time of its start."""
    waited_s = (datetime.fromisoformat(record.started_at) - begun).total_seconds()
    waited_s += (record.startup_s or 0.0) + (record.warmup_s or 0.0)
    setting = identity.setting_name(vars(record))
    for wall_s in record.wall_s:
        values = waited_s / 60, wall_s / median_s, wall_s, record.round, setting, 0.7 if fit else 0.0
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
        waited_s += wall_s
