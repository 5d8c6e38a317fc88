"""The comparison as tables for a terminal, one per task."""

from collections.abc import Iterable, Iterator

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rasterbout import identity
from rasterbout.identity import Key
from rasterbout.measures import BY_NAME
from rasterbout.record import Record
from rasterbout.reports.statistics.summary import TASK, summarise
from rasterbout.reports.tables.columns import Row, columns, timed, workers


def tables(records: Iterable[Record]) -> Iterator[RenderableType]:
    """Yield the tables, the fastest row first; cases that did not run follow, with the reason below the table."""
    summary = summarise(records)
    if summary.empty:
        return
    names = identity.task_names(summary[TASK].to_dict("records"))
    for _, rows in summary.groupby(TASK, sort=False):
        yield Group(_table(rows, names), *_notes(rows))


def _table(rows: pd.DataFrame, names: dict[Key, str]) -> Table:
    name = names[identity.key(rows.iloc[0].to_dict(), TASK)]
    table = Table(title=Text(f"{name}{_floor(rows)}"), title_justify="left", box=None, pad_edge=False)
    numbers = columns(rows)
    for heading in ("backend", "chunk", "workers", *(column.heading for column in numbers)):
        table.add_column(heading, justify="left" if heading == "backend" else "right", no_wrap=True)
    for _, row in rows.iterrows():
        setting = (Text(row["backend"]), Text(row["chunk"]), Text(workers(row)))
        if timed(row):
            table.add_row(*setting, *(Text(column.shown(row)) for column in numbers))
        else:
            table.add_row(*setting, Text(_outcome(row), style="dim"))
    return table


def _outcome(row: Row) -> str:
    return "unfit" if row["status"] == "ok" else str(row["status"])


def _floor(rows: pd.DataFrame) -> str:
    """Return the shortest and the longest floor of a task: it depends on the number of workers."""
    floor = BY_NAME["floor_s"]
    shown = filter(None, (floor.shown(rows["floor_s"].min()), floor.shown(rows["floor_s"].max())))
    times = " to ".join(dict.fromkeys(shown))
    return f", floor {times} s" if times else ""


def _notes(rows: pd.DataFrame) -> Iterator[Text]:
    """Yield a line for each reason and warning."""
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
