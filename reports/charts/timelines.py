"""CPU, memory and I/O over time, of the best setting of each backend."""

from collections.abc import Iterator, Sequence

from rasterbout import identity
from rasterbout.identity import SETTING
from rasterbout.record import Record
from rasterbout.reports.charts.look import Chart, Look, blank
from rasterbout.reports.statistics.answer import Candidate
from rasterbout.reports.statistics.curves import Curve, curves, typical

MOST = 200  # windows: more than a chart can resolve


def timelines(best: Sequence[Candidate], records: Sequence[Record], look: Look) -> Iterator[Chart]:
    """Yield the curves of the best setting of each backend; nothing without a timeline."""
    shown = [(one.backend, found) for one in best if (found := curves(typical(_of(one, records)), MOST))]
    for same in zip(*(found for _, found in shown), strict=True):
        yield _drawn({backend: curve for (backend, _), curve in zip(shown, same, strict=True)}, look)


def _drawn(found: dict[str, Curve], look: Look) -> Chart:
    first = next(iter(found.values()))
    plot = blank(x_axis_label="seconds since the start of the operation", y_axis_label=first.unit)
    for backend, curve in found.items():
        plot.line(curve.seconds, curve.values, color=look.colour(backend), line_width=1.5, name=backend)
    caption = (
        "of the best setting of each backend, in the last repeat of its median round; others are in the table's cells."
    )
    return Chart(title=first.title, caption=caption, plot=plot)


def _of(one: Candidate, records: Sequence[Record]) -> Iterator[Record]:
    setting = identity.key(vars(one), SETTING)
    return (record for record in records if identity.key(vars(record), SETTING) == setting)
