"""What a case used while it ran: CPU, memory, reading and writing over time."""

from collections.abc import Iterator, Sequence

from rasterbout.record import Record
from rasterbout.reports.answer import Candidate
from rasterbout.reports.look import Look, Picture, blank

Point = dict[str, float]

FEWEST = 2  # points: of fewer differences no line can be drawn
WINDOW_S = 0.1
"""Rates are those of at least this long: the counters of several processes are read one after the other."""

WINDOW_SHARE = 0.1  # of a whole timeline: what is short still has a curve


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
            plot.line(seconds, values, color=look.colour(backend), line_width=1.5, name=backend)
        yield Picture(title=title, caption="of the best setting of each backend, in its last repeat.", plot=plot)


def _cores_busy(points: Sequence[Point]) -> Iterator[tuple[float, float]]:
    return _rates([(point["t_s"], point["cpu_s"]) for point in points])


def _megabytes_held(points: Sequence[Point]) -> Iterator[tuple[float, float]]:
    return ((point["t_s"], point["memory_bytes"] / 1e6) for point in points)


def _megabytes_a_second(points: Sequence[Point]) -> Iterator[tuple[float, float]]:
    return _rates([(point["t_s"], (point["read_bytes"] + point["written_bytes"]) / 1e6) for point in points])


def _rates(sums: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield by how much what was added up grew a second, up to each moment that ends a window."""
    (first_s, _), (last_s, _) = sums[0], sums[-1]
    window_s = min(WINDOW_S, WINDOW_SHARE * (last_s - first_s))
    earlier_s, before = sums[0]
    for later_s, after in sums[1:]:
        if later_s - earlier_s >= window_s > 0:
            yield later_s, (after - before) / (later_s - earlier_s)
            earlier_s, before = later_s, after


def _longest(one: Candidate, records: Sequence[Record]) -> list[Point]:
    setting = (one.backend, one.chunk, one.workers, one.threads)
    mine = (
        record.timeline
        for record in records
        if (record.backend, str(record.chunk), record.workers, record.threads) == setting
    )
    return max(mine, key=len, default=[])
