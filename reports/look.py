"""How pictures look: colours and markers of the backends, axes that can be read on light and dark pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bokeh.plotting import figure

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a00", "#7f7f7f")
"""Of Okabe and Ito, which colour-blind people can tell apart, the yellow darkened: it must show on white."""

MARKERS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "hex", "star", "cross")
INK = "#808890"  # can be read on a light and on a dark page
HEIGHT = 320


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure, with what it shows and how to read it."""

    title: str
    caption: str
    plot: Any


@dataclass(frozen=True)
class Look:
    """How each backend is drawn, in all pictures of a page."""

    backends: Sequence[str]

    def colour(self, backend: str) -> str:
        """Return its colour."""
        return COLOURS[self.backends.index(backend) % len(COLOURS)]

    def marker(self, backend: str) -> str:
        """Return its marker."""
        return MARKERS[self.backends.index(backend) % len(MARKERS)]


def blank(**how: Any) -> Any:
    """Return an empty figure."""
    plot = figure(**{
        "height": HEIGHT, "sizing_mode": "stretch_width", "max_width": 900, "toolbar_location": None,
        "background_fill_color": None, "border_fill_color": None, "outline_line_color": None, **how,
    })  # fmt: skip
    for axis in (plot.xaxis, plot.yaxis):
        axis.axis_label_text_color = axis.major_label_text_color = INK
        axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = INK
    plot.grid.grid_line_color = INK
    plot.grid.grid_line_alpha = 0.25
    return plot


def with_legend(plot: Any) -> Any:
    """Return ``plot`` with its legend beside it; a click on a name hides what it names."""
    plot.legend.background_fill_alpha = 0
    plot.legend.border_line_alpha = 0
    plot.legend.label_text_color = INK
    plot.legend.click_policy = "hide"
    plot.add_layout(plot.legend[0], "right")
    return plot
