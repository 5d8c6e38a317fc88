"""The look of the charts: colours and markers of the backends, axes that are legible on light and dark pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bokeh.models import BasicTicker, CustomJSTickFormatter, LogTicker
from bokeh.plotting import figure

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a00", "#7f7f7f")
"""Okabe and Ito's palette, which colour-blind readers can distinguish; its yellow is darkened for white pages."""

MARKERS = {
    "circle": "\u25cf", "square": "\u25a0", "triangle": "\u25b2", "diamond": "\u25c6", "inverted_triangle": "\u25bc",
    "hex": "\u2b22", "star": "\u2605", "cross": "\u271a",
}  # fmt: skip
"""Bokeh's names of markers, and similar characters for the legend."""

INK = "#808890"  # legible on a light and on a dark page
HEIGHT = 320


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A Bokeh figure with its title and caption."""

    title: str
    caption: str
    plot: Any


@dataclass(frozen=True)
class Look:
    """Colour and marker of each backend, the same in all charts of a page."""

    backends: Sequence[str]

    def colour(self, backend: str) -> str:
        """Return the colour of a backend."""
        return COLOURS[self.backends.index(backend) % len(COLOURS)]

    def shape(self, backend: str) -> int:
        """Return the index of the marker of a backend: it shifts each time the colours repeat."""
        number = self.backends.index(backend)
        return (number + number // len(COLOURS)) % len(MARKERS)

    def marker(self, backend: str) -> str:
        """Return Bokeh's name of the marker of a backend."""
        return list(MARKERS)[self.shape(backend)]

    def dots(self, backend: str) -> dict[str, str]:
        """Return marker, colour and name of a backend's points, as arguments of Bokeh's ``scatter``."""
        return {"marker": self.marker(backend), "color": self.colour(backend), "name": backend}

    def key(self) -> list[dict[str, str]]:
        """Return name, colour and marker of each backend, for the one legend of all charts."""
        return [
            {"backend": name, "colour": self.colour(name), "marker": MARKERS[self.marker(name)]}
            for name in self.backends
        ]


def blank(**how: Any) -> Any:
    """Return an empty figure; ``how`` are arguments of Bokeh's ``figure``."""
    plot = figure(**{
        "height": HEIGHT, "sizing_mode": "stretch_width", "max_width": 900, "toolbar_location": None,
        "background_fill_color": None, "border_fill_color": None, "outline_line_color": None, **how,
    })  # fmt: skip
    for axis in (plot.xaxis, plot.yaxis):
        axis.axis_label_text_color = axis.major_label_text_color = INK
        axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = INK
        if isinstance(axis[0].ticker, LogTicker):
            axis[0].ticker = LogTicker(mantissas=[1, 2, 5], desired_num_ticks=5)
        if isinstance(axis[0].ticker, BasicTicker | LogTicker):
            axis[0].formatter = CustomJSTickFormatter(code="return String(Number(tick.toPrecision(6)))")
    plot.grid.grid_line_color = INK
    plot.grid.grid_line_alpha = 0.25
    return plot
