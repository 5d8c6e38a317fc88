"""The comparison as tables for a terminal, one for each operation on each dataset."""

from collections.abc import Iterable, Iterator

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rasterbout.record import Record
from rasterbout.reports.summary import TASK, summarise

COLUMNS = (
    "backend", "chunk", "workers", "wall\ns", "x\nfastest", "x\nfloor", "start\ns", "pixels\nright", "max\nerror",
)  # fmt: skip


def tables(records: Iterable[Record]) -> Iterator[RenderableType]:
    """Yield the tables, fastest row first; what did not run follows with its reason, never left out."""
    summary = summarise(records)
    if summary.empty:
        return
    for _, rows in summary.groupby(TASK, sort=False):
        yield Group(_table(rows), *_reasons(rows))


def _table(rows: pd.DataFrame) -> Table:
    task = rows.iloc[0]
    where = f"{task['dataset']} {task['size']}"
    table = Table(
        title=f"{task['operation']} on {where}: {task['layout']}, compress {task['compress']}, cache {task['cache']}",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "backend" else "right", no_wrap=True)
    for _, row in rows.iterrows():
        table.add_row(*_cells(row))
    return table


def _cells(row: pd.Series) -> list[Text]:
    start = [Text(str(row[name])) for name in ("backend", "chunk", "workers")]
    if row["status"] != "ok":
        return [*start, Text(row["status"], style="dim")]
    return [
        *start,
        Text(f"{row['wall_s']:.3f}"),
        Text(f"{row['of_fastest']:.2f}"),
        Text(f"{row['of_floor']:.1f}"),
        Text(f"{row['startup_s']:.2f}"),
        Text(f"{row['pixels_compared']}"),
        Text(f"{row['max_error']:.1e}"),
    ]


def _reasons(rows: pd.DataFrame) -> Iterator[Text]:
    for _, row in rows[rows["status"] != "ok"].iterrows():
        yield Text(f"  {row['backend']}: {row['status']}: {row['reason']}", style="dim")
