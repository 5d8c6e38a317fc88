"""Pictures of what the best setting of each backend used while it ran."""

from collections.abc import Iterator, Sequence

from rasterbout.record import Record
from rasterbout.reports.answer import Candidate
from rasterbout.reports.curves import Curve, curves, typical
from rasterbout.reports.look import Look, Picture, blank

MOST = 200  # windows: more than the picture has room to tell apart


def timelines(best: Sequence[Candidate], records: Sequence[Record], look: Look) -> Iterator[Picture]:
    """Yield the curves of the best setting of each backend; nothing where no timeline was kept."""
    shown = [(one.backend, found) for one in best if (found := curves(typical(_of(one, records)), MOST))]
    for same in zip(*(found for _, found in shown), strict=True):
        yield _drawn({backend: curve for (backend, _), curve in zip(shown, same, strict=True)}, look)


def _drawn(found: dict[str, Curve], look: Look) -> Picture:
    first = next(iter(found.values()))
    plot = blank(x_axis_label="seconds since the start of the operation", y_axis_label=first.unit)
    for backend, curve in found.items():
        plot.line(curve.seconds, curve.values, color=look.colour(backend), line_width=1.5, name=backend)
    caption = "of the best setting of each backend, in the last repeat of its middle round; any other is in its cell."
    return Picture(title=first.title, caption=caption, plot=plot)


def _of(one: Candidate, records: Sequence[Record]) -> Iterator[Record]:
    setting = (one.backend, one.chunk, one.workers, one.threads)
    return (
        record for record in records if (record.backend, str(record.chunk), record.workers, record.threads) == setting
    )
