"""Strong and weak scaling over the number of workers, with intervals."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bokeh.models import ColumnDataSource, FixedTicker, HoverTool

from rasterbout.reports.charts.look import INK, Chart, Look, blank
from rasterbout.reports.statistics.ratio import Ratio
from rasterbout.reports.statistics.scaling import Point, Scaling, Series, scaled

APART = 0.12
"""Backends stand side by side, by this share of the number of workers in all: their intervals would hide each other."""

MARGIN, ROOM = 1.25, 1.8
"""What an axis shows beyond the outermost point, and where hosts are named beside it; an interval may reach beyond."""

Measure = Callable[[Series, Point], Ratio]


def scaling_charts(found: Scaling, look: Look) -> Iterator[Chart]:
    """Yield a chart of strong scaling for each task, and one of weak scaling over all of them."""
    how = (
        "with 95 % intervals; dotted: ideal; dashed: on a scheduler, with the number of hosts where there are several."
    )
    for task, series in found.strong:
        plot = _plot(series, _speed_up, look, "speed-up")
        counts = _counts(series)
        plot.line(counts, [count / counts[0] for count in counts], line_dash="dotted", color=INK)
        caption = f"{task.where}: speed-up over the fewest workers, {how}"
        yield Chart(title="Strong scaling", caption=caption, plot=plot)
    if found.weak:
        plot = _plot(found.weak, Series.efficiency, look, "efficiency")
        counts = _counts(found.weak)
        plot.line(counts, [1.0] * len(counts), line_dash="dotted", color=INK)
        caption = f"pixels in proportion to the workers: efficiency relative to the fewest workers, {how}"
        yield Chart(title="Weak scaling", caption=caption, plot=plot)


def _speed_up(series: Series, point: Point) -> Ratio:
    return scaled(series.efficiency(point), point.workers / series.points[0].workers)


def _plot(found: Sequence[Series], measure: Measure, look: Look, label: str) -> Any:
    """Return a figure of ``measure`` over the number of workers, both logarithmic."""
    counts = _counts(found)
    values = [measure(series, point).value for series in found for point in series.points]
    shown = [1.0, *(value for value in values if value > 0)]
    plot = blank(
        x_axis_label="workers", x_axis_type="log", x_range=(counts[0] / MARGIN, counts[-1] * ROOM),
        y_axis_label=label, y_axis_type="log", y_range=(min(shown) / MARGIN, max(shown) * MARGIN),
    )  # fmt: skip
    plot.xaxis.ticker = FixedTicker(ticks=counts)
    for number, series in enumerate(found):
        _draw(plot, series, measure, look, 1 + APART * ((number + 0.5) / len(found) - 0.5))
    return plot


def _draw(plot: Any, series: Series, measure: Measure, look: Look, shift: float) -> None:
    backend = series.backend
    ratios = [measure(series, point) for point in series.points]
    source = ColumnDataSource({
        "x": [point.workers * shift for point in series.points],
        "workers": [point.workers for point in series.points],
        "value": [ratio.value for ratio in ratios],
        "low": [ratio.low or ratio.value for ratio in ratios],
        "high": [ratio.high if ratio.low else ratio.value for ratio in ratios],
        "interval": [f"{ratio.low:.2f} to {ratio.high:.2f}" if ratio.low else "unknown" for ratio in ratios],
        "efficiency": [series.efficiency(point).value for point in series.points],
        "wall_s": [point.candidate.median_wall_s for point in series.points],
        "mpixels": [point.pixels / 1e6 for point in series.points],
        "setting": [point.candidate.name for point in series.points],
        "hosts": [", ".join(filter(None, point.host_names)) or "this machine" for point in series.points],
        "label": ["" if point.hosts == (1,) else f"{point.hosts[-1]} hosts" for point in series.points],
    })  # fmt: skip
    colour = look.colour(backend)
    dashes = "dashed" if series.points[0].candidate.scheduler else "solid"
    plot.line("x", "value", source=source, color=colour, line_width=1.5, line_dash=dashes, name=backend)
    plot.segment("x", "low", "x", "high", source=source, color=colour, line_width=1.5, name=backend)
    dots = plot.scatter("x", "value", source=source, size=9, **look.dots(backend))
    plot.text(
        "x", "value", "label", source=source, x_offset=7, y_offset=-5, text_font_size="11px", color=colour, name=backend
    )
    tooltips = [
        ("", "@setting"), (plot.yaxis.axis_label, "@value{0.00}, @interval"), ("efficiency", "@efficiency{0 %}"),
        ("time", "@wall_s{0.000} s"), ("million pixels", "@mpixels{0.0}"), ("hosts", "@hosts"),
    ]  # fmt: skip
    plot.add_tools(HoverTool(renderers=[dots], tooltips=tooltips))


def _counts(found: Sequence[Series]) -> list[int]:
    return sorted({point.workers for series in found for point in series.points})
