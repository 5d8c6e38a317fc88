"""How far a run is: a bar with the time left on a terminal, plain lines elsewhere."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from rasterbout.record import Record


def shown(records: Iterable[Record], total: int, console: Console) -> Iterator[Record]:
    """Yield ``records`` as they come, ``total`` in all, and show each."""
    if not console.is_terminal:
        for number, record in enumerate(records, start=1):
            console.print(f"{number}/{total} {_line(record)}", highlight=False, markup=False, soft_wrap=True)
            yield record
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=False),
    )  # fmt: skip
    with Progress(*columns, console=console, speed_estimate_period=600) as progress:
        task = progress.add_task("measuring", total=total)
        for record in records:
            progress.update(task, advance=1, description=f"{record.backend} {record.operation}")
            if record.status not in {"ok", "unsupported", "unavailable"}:
                progress.console.print(_line(record), highlight=False, markup=False)
            yield record


def _line(record: Record) -> str:
    what = f"{record.operation} {record.backend} on {record.dataset} {record.size}"
    if record.status != "ok":
        return f"{what}: {record.status}: {record.reason}"
    return f"{what}: {record.median_wall_s:.3f} s, {record.pixels_compared} pixels right"
