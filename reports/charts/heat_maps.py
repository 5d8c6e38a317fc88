"""Maps of chunk by workers, coloured by time."""

from collections.abc import Iterator, Sequence

from bokeh.models import ColumnDataSource

from rasterbout.reports.charts.look import Chart, blank
from rasterbout.reports.statistics.answer import Candidate

PALE, FULL = (0xE4, 0xF0, 0xF8), (0x00, 0x5F, 0x96)
DARK = 0.6
"""On darker shades than this, white text is more legible than black."""


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
