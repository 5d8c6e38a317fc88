"""Times over workers and chunks: speed-up, and heat maps of both."""

from collections.abc import Iterator, Sequence

from bokeh.models import ColumnDataSource, HoverTool

from rasterbout.reports.charts.look import INK, Chart, Look, blank
from rasterbout.reports.statistics.answer import Candidate

PALE, FULL = (0xE4, 0xF0, 0xF8), (0x00, 0x5F, 0x96)
DARK = 0.6
"""On darker shades than this, white text is more legible than black."""


def speed_up(found: Sequence[Candidate], look: Look) -> Chart:
    """Return the chart of the speed-up of each backend with more workers, at its best chunk."""
    counts = sorted({one.threads_in_all for one in found})
    plot = blank(x_axis_label="workers", y_axis_label="speed-up")
    plot.line(counts, [count / counts[0] for count in counts], line_dash="dotted", color=INK)
    for backend in dict.fromkeys(one.backend for one in found):
        best = {}
        for one in sorted(
            (one for one in found if one.backend == backend), key=lambda one: one.median_wall_s, reverse=True
        ):
            best[one.threads_in_all] = one.median_wall_s
        here = sorted(best)
        gains = [best[here[0]] / best[count] for count in here]
        plot.line(here, gains, color=look.colour(backend), line_width=2, name=backend)
        source = ColumnDataSource({
            "workers": here, "gain": gains,
            "efficiency": [gain * here[0] / count for gain, count in zip(gains, here, strict=True)],
        })  # fmt: skip
        dots = plot.scatter("workers", "gain", source=source, size=9, **look.dots(backend))
        tooltips = [
            ("", backend),
            ("workers", "@workers"),
            ("speed-up", "@gain{0.00} x"),
            ("efficiency", "@efficiency{0 %}"),
        ]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tooltips))
    return Chart(
        title="Workers",
        caption="speed-up over the fewest workers; dotted: ideal; hover for the efficiency.",
        plot=plot,
    )


def heat_maps(found: Sequence[Candidate]) -> Iterator[Chart]:
    """Yield a map of chunk by workers for each backend for which both were varied."""
    for backend in dict.fromkeys(one.backend for one in found):
        mine = [one for one in found if one.backend == backend]
        chunks = sorted({one.chunk for one in mine}, key=lambda chunk: (chunk == "auto", chunk.zfill(9)))
        workers = [str(count) for count in sorted({one.threads_in_all for one in mine})]
        if len(chunks) < 2 or len(workers) < 2:
            continue
        fastest = min(one.median_wall_s for one in mine)
        plot = blank(x_range=chunks, y_range=workers, x_axis_label="chunk (pixels)", y_axis_label="workers", height=240)
        source = ColumnDataSource({
            "chunk": [one.chunk for one in mine],
            "workers": [str(one.threads_in_all) for one in mine],
            "wall_s": [f"{one.median_wall_s:.3g} s" for one in mine],
            "fill": [_shade(fastest / one.median_wall_s) for one in mine],
            "ink": ["white" if fastest / one.median_wall_s > DARK else "black" for one in mine],
        })  # fmt: skip
        plot.rect("chunk", "workers", 0.96, 0.94, source=source, fill_color="fill", line_color=None)
        plot.text(
            "chunk", "workers", "wall_s", source=source, text_align="center", text_baseline="middle", text_color="ink"
        )
        yield Chart(title=f"Chunk and workers: {backend}", caption="the darker the faster.", plot=plot)


def _shade(share: float) -> str:
    """Return a blue, the darker the nearer ``share`` is to 1."""
    channels = (round(pale + (full - pale) * share) for pale, full in zip(PALE, FULL, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in channels)
