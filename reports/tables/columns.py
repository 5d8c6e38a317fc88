"""Columns of the comparison: those of `measures.TABLE` and `measures.DERIVED` that were measured, in their order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rasterbout import measures
from rasterbout.measures import FLOOR_SHARE, Measure

MISSING = "-"

Row = Any  # a pandas.Series of mixed types


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of numbers.

    Attributes
    ----------
    heading
        For the terminal, in two lines.
    title
        In one line, with the unit.
    shown
        Returns the text of a row of `summarise`.
    """

    heading: str
    title: str
    shown: Callable[[Row], str]


def _number(value: float, form: str) -> str:
    return "" if pd.isna(value) else format(value, form)


def _interval(row: Row) -> str:
    return "" if pd.isna(row["at_least"]) else f"{row['at_least']:.3g}-{row['at_most']:.3g}"


RATIO = Column(heading="x\nfastest", title="x fastest", shown=lambda row: _number(row["of_fastest"], ".2f"))
INTERVAL = Column(heading="95 %\nof it", title="95 % of it", shown=_interval)


def columns(rows: pd.DataFrame) -> list[Column]:
    """Return the columns for the rows of one task: time, ratio to the fastest, the floor's share, then the others.

    A measure without a value in ``rows`` has no column.
    """
    return list(_columns(rows))


def workers(row: Row) -> str:
    """Return the number of workers, marked where they shared fewer cores."""
    asked = str(row["workers"]) if row["threads"] == 1 else f"{row['workers']} x {row['threads']}"
    return f"{asked} on {row['cores']:.0f} cores" if row["workers"] * row["threads"] > row["cores"] else asked


def timed(row: Row) -> bool:
    """Whether a row has a time: its rounds succeeded, and one of them at least is fit."""
    return row["status"] == "ok" and not pd.isna(row["wall_s"])


def _columns(rows: pd.DataFrame) -> Iterator[Column]:
    first = measures.BY_NAME["wall_s"]
    yield _column(first)
    yield from (RATIO, INTERVAL)
    for one in _measures():
        if one is not first and rows[one.name].notna().any():
            yield _column(one)


def _measures() -> Iterator[Measure]:
    """Yield the measures that have a column: the floor's share of the time, then each with the ratios to it."""
    yield FLOOR_SHARE
    for one in measures.TABLE:
        ratios = [ratio for ratio, _, below in measures.DERIVED if below == one.name and ratio is not FLOOR_SHARE]
        yield from (shown for shown in (one, *ratios) if shown.column)


def _column(measure: Measure) -> Column:
    unit = f" ({measure.unit})" if measure.unit else ""
    return Column(
        heading=measure.column,
        title=f"{measure.title}{unit}",
        shown=lambda row: measure.shown(row[measure.name]) or MISSING,
    )
