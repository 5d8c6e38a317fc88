"""How time and memory grow with the raster: one operation at several sizes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bokeh.models import ColumnDataSource, HoverTool

from rasterbout.reports.answer import Candidate, best_of_each, candidates
from rasterbout.reports.look import Look, Picture, blank
from rasterbout.reports.summary import task_name
from rasterbout.reports.tasks import Task, where

FAMILY = ("dataset", "operation", "factor", "resampling", "layout", "compress", "cache_asked")
"""Tasks that agree in these differ in size alone."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Tasks that differ in size alone: the best setting of each backend by edge in pixels, smallest first."""

    title: str
    by_size: dict[int, list[Candidate]]


def families(tasks: Iterable[Task]) -> Iterator[Family]:
    """Yield what was measured at two sizes at least."""
    found: dict[tuple[object, ...], list[Task]] = defaultdict(list)
    for task in tasks:
        found[tuple(task.fields[name] for name in FAMILY)].append(task)
    for group in found.values():
        best = {
            task.fields["size"]: best_of_each(candidates(task.records), lambda one: one.median_wall_s)
            for task in sorted(group, key=lambda task: task.fields["size"])
        }
        timed = {size: ones for size, ones in best.items() if ones}
        if len(timed) > 1:
            yield Family(title=_title(group[0]), by_size=timed)


def growth(family: Family, look: Look) -> Iterator[Picture]:
    """Yield time and, where it was measured, peak memory over the number of pixels, on logarithmic axes."""
    yield _picture(family, look, "Time", "time (s)", lambda one: one.median_wall_s)
    if any(one.peak_bytes for ones in family.by_size.values() for one in ones):
        yield _picture(family, look, "Peak memory", "peak memory (MB)", lambda one: (one.peak_bytes or 0) / 1e6)


def _picture(family: Family, look: Look, title: str, label: str, measure: Callable[[Candidate], float]) -> Picture:
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
        told = [("", backend), ("million pixels", "@pixels{0.0}"), (label, "@value{0.000}")]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=told))
    return Picture(title=f"{title} and raster size", caption="of the best setting of each backend.", plot=plot)


def _title(task: Task) -> str:
    return f"{task_name(task.fields)} on {where({**task.fields, 'size': 'of all sizes'})}"
