"""What a case used while it ran: CPU, memory, reading and writing over time."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rasterbout.record import Record
from rasterbout.reports.answer import Candidate
from rasterbout.reports.look import Look, Picture, blank, with_legend

Point = dict[str, float]

FEWEST = 2  # points: of fewer differences no line can be drawn


def timelines(best: Sequence[Candidate], records: Sequence[Record], look: Look) -> Iterator[Picture]:
    """Yield the curves of the best setting of each backend; nothing where no timeline was kept."""
    shown = [(one.backend, points) for one in best if len(points := _longest(one, records)) > FEWEST]
    if not shown:
        return
    for title, unit, curve in (
        ("CPU over time", "cores busy", _cores_busy),
        ("Memory over time", "MB", _megabytes_held),
        ("Reading and writing over time", "MB/s", _megabytes_a_second),
    ):
        plot = blank(x_axis_label="seconds since the start of the operation", y_axis_label=unit)
        for backend, points in shown:
            seconds, values = zip(*curve(points), strict=True)
            plot.line(seconds, values, color=look.colour(backend), line_width=1.5, legend_label=backend)
        caption = "of the best setting of each; a click on a name hides it."
        yield Picture(title=title, caption=caption, plot=with_legend(plot))


def _cores_busy(points: Sequence[Point]) -> Iterator[tuple[float, float]]:
    return _rates([(point["t_s"], point["cpu_s"]) for point in points])


def _megabytes_held(points: Sequence[Point]) -> Iterator[tuple[float, float]]:
    return ((point["t_s"], point["memory_bytes"] / 1e6) for point in points)


def _megabytes_a_second(points: Sequence[Point]) -> Iterator[tuple[float, float]]:
    return _rates([(point["t_s"], (point["read_bytes"] + point["written_bytes"]) / 1e6) for point in points])


def _rates(sums: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield by how much what was added up grew a second, up to each moment."""
    for (earlier_s, before), (later_s, after) in pairwise(sums):
        if later_s > earlier_s:
            yield later_s, (after - before) / (later_s - earlier_s)


def _longest(one: Candidate, records: Sequence[Record]) -> list[Point]:
    setting = (one.backend, one.chunk, one.workers, one.threads)
    mine = (
        record.timeline
        for record in records
        if (record.backend, str(record.chunk), record.workers, record.threads) == setting
    )
    return max(mine, key=len, default=[])
