"""The comparison as tables for a terminal, one for each operation on each dataset."""

from collections.abc import Iterable, Iterator

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rasterbout.record import Record
from rasterbout.reports.summary import TASK, summarise, task_name

COLUMNS = (
    "backend", "chunk", "workers", "wall\ns", "x\nfastest", "95 %\nof it", "% of\nlimit", "cpu\ns", "peak\nMB",
    "start\ns", "pixels\nright", "max\nerror",
)  # fmt: skip


def tables(records: Iterable[Record]) -> Iterator[RenderableType]:
    """Yield the tables, fastest row first; what did not run follows with its reason, never left out."""
    summary = summarise(records)
    if summary.empty:
        return
    for _, rows in summary.groupby(TASK, sort=False):
        yield Group(_table(rows), *_notes(rows))


def _table(rows: pd.DataFrame) -> Table:
    task = rows.iloc[0]
    done = f"{task_name(task.to_dict())} on {task['dataset']} {task['size']}"
    table = Table(
        title=Text(f"{done}: {task['layout']}, compress {task['compress']}, cache {task['cache_asked']}{_limit(rows)}"),
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "backend" else "right", no_wrap=True)
    for _, row in rows.iterrows():
        table.add_row(*_cells(row))
    return table


def _limit(rows: pd.DataFrame) -> str:
    """Return how long the limit takes, at least and at most: it differs with the number of workers."""
    shown = [f"{seconds:.3f}" for seconds in (rows["floor_s"].min(), rows["floor_s"].max()) if not pd.isna(seconds)]
    return f", limit {' to '.join(dict.fromkeys(shown))} s" if shown else ""


def _cells(row: pd.Series) -> list[Text]:
    start = [Text(row["backend"]), Text(row["chunk"]), Text(_workers(row))]
    if row["status"] != "ok" or pd.isna(row["wall_s"]):
        return [*start, Text("unfit" if row["status"] == "ok" else row["status"], style="dim")]
    numbers = (
        f"{row['wall_s']:.3f}",
        f"{row['of_fastest']:.2f}",
        "" if pd.isna(row["at_least"]) else f"{row['at_least']:.3g}-{row['at_most']:.3g}",
        "-" if pd.isna(row["of_limit"]) else f"{row['of_limit'] * 100:.1f}",
        f"{row['cpu_s']:.3f}",
        f"{row['peak_bytes'] / 1e6:.0f}",
        f"{row['startup_s']:.2f}",
        f"{row['pixels_compared']}",
        f"{row['max_error']:.1e}",
    )
    return [*start, *(Text(number) for number in numbers)]


def _workers(row: pd.Series) -> str:
    """Return the number of workers, marked where they shared fewer cores."""
    asked = str(row["workers"]) if row["threads"] == 1 else f"{row['workers']} x {row['threads']}"
    return f"{asked} on {row['cores']:.0f} cores" if row["workers"] * row["threads"] > row["cores"] else asked


def _notes(rows: pd.DataFrame) -> Iterator[Text]:
    for _, row in rows.iterrows():
        if row["status"] != "ok":
            yield Text(f"  {row['backend']}: {row['status']}: {row['reason']}", style="dim")
        elif row["reason"]:
            yield Text(f"  {row['backend']}: {row['reason']}", style="dim")
        if row["status"] == "ok" and pd.isna(row["wall_s"]):
            yield Text(
                f"  {row['backend']}: unfit: measured only while the machine was disturbed; see environment.json"
            )
        if row["status"] == "ok" and row["cache"] != row["cache_asked"]:
            yield Text(f"  {row['backend']}: cache {row['cache']}: not every page could be made {row['cache_asked']}")
