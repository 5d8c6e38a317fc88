"""Whether the pixels are right: the largest error of each backend in each task, against what is allowed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from rasterbout.reports.runs import Run
from rasterbout.reports.summary import TASK, summarise, task_name
from rasterbout.reports.tasks import where


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What comparing all results of one backend with the oracle gave.

    Attributes
    ----------
    right
        True where every pixel of every result is right; None where there was nothing to compare.
    told
        The largest error, or the reason why there is none.
    """

    right: bool | None
    told: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The verdicts of one task, by backend."""

    task: str
    where: str
    pixels: str
    verdicts: Mapping[str, Verdict]


def compared(run: Run) -> Iterator[Compared]:
    """Yield what was compared in each task of ``run``."""
    summary = summarise(run.records)
    if summary.empty:
        return
    for _, rows in summary.groupby(TASK, sort=False, dropna=False):
        task = rows.iloc[0].to_dict()
        yield Compared(
            task=task_name(task),
            where=where(task),
            pixels=_pixels(rows),
            verdicts={str(backend): _verdict(mine) for backend, mine in rows.groupby("backend", sort=False)},
        )


def _pixels(rows: pd.DataFrame) -> str:
    looked_at = rows[rows["pixels_compared"] > 0]
    if looked_at.empty:
        return "no pixel was compared"
    told = f"{looked_at['pixels_compared'].min():,} pixels compared, {looked_at['pixels_left_out'].max():,} left out"
    allowed = looked_at["tolerance"].max()
    return told if pd.isna(allowed) else f"{told}, errors up to {allowed:.0e} allowed"


def _verdict(rows: pd.DataFrame) -> Verdict:
    """Return the verdict on all settings of one backend: that on the worst."""
    wrong = rows[rows["status"] == "wrong"]
    if len(wrong):
        return Verdict(right=False, told=wrong.iloc[0]["reason"])
    error = rows["max_error"].max()
    if not pd.isna(error):
        return Verdict(right=True, told=f"{error:.1e}" if error else "0")
    first = rows.iloc[0]
    return Verdict(right=None, told=f"{first['status']}: {first['reason'] or 'not compared'}")
