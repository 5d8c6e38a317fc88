"""Time and memory over raster size: one operation at several sizes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bokeh.models import ColumnDataSource, HoverTool

from rasterbout.measures import BY_NAME
from rasterbout.reports.charts.look import Chart, Look, blank
from rasterbout.reports.statistics.answer import Candidate, best_of_each, candidates
from rasterbout.reports.statistics.tasks import TaskRecords, families, family_title

PEAK = BY_NAME["peak_bytes"]


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Tasks that differ in size alone: the best setting of each backend by width in pixels, ascending."""

    title: str
    by_size: dict[int, Sequence[Candidate]]


def several_sizes(tasks: Iterable[TaskRecords]) -> Iterator[Sizes]:
    """Yield each family of tasks that was timed at two or more sizes, with the numbers of workers that all of them had.

    Families in which two tasks have one size, such as two reference grids, are left out: their points
    belong to no single curve.
    """
    for family in families(tasks):
        common = set.intersection(*(_workers(task) for task in family))
        best = {task.fields["size"]: _best(task, common) for task in family}
        timed = {size: ones for size, ones in best.items() if ones}
        if len(best) == len(family) and len(timed) > 1:
            yield Sizes(title=family_title(family), by_size=timed)


def growth(family: Sizes, look: Look) -> Iterator[Chart]:
    """Yield time and, where it was measured, peak memory over the number of pixels, on logarithmic axes."""
    yield _chart(family, look, "Time", "time (s)", lambda one: one.median_wall_s)
    if any(one.peak_bytes for ones in family.by_size.values() for one in ones):
        yield _chart(
            family, look, "Peak memory", f"{PEAK.title} ({PEAK.unit})", lambda one: (one.peak_bytes or 0) * PEAK.scale
        )


def _chart(family: Sizes, look: Look, title: str, label: str, measure: Callable[[Candidate], float]) -> Chart:
    plot = blank(x_axis_label="million pixels", y_axis_label=label, x_axis_type="log", y_axis_type="log")
    for backend in look.backends:
        points = [
            (size**2 / 1e6, value)
            for size, ones in family.by_size.items()
            for one in ones
            if one.backend == backend and (value := measure(one))
        ]
        if not points:
            continue
        pixels, values = zip(*points, strict=True)
        source = ColumnDataSource({"pixels": pixels, "value": values})
        plot.line("pixels", "value", source=source, line_width=1.5, color=look.colour(backend), name=backend)
        dots = plot.scatter("pixels", "value", source=source, size=9, **look.dots(backend))
        tooltips = [("", backend), ("million pixels", "@pixels{0.0}"), (label, "@value{0.000}")]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tooltips))
    return Chart(title=f"{title} and raster size", caption="of the best setting of each backend.", plot=plot)


def _workers(task: TaskRecords) -> set[int]:
    return {record.workers * record.threads for record in task.records}


def _best(task: TaskRecords, workers: set[int]) -> Sequence[Candidate]:
    known = [one for one in candidates(task.records) if one.threads_in_all in workers]
    return best_of_each(known, lambda one: one.median_wall_s)
