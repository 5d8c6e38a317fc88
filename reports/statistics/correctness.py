"""Whether the pixels are right: the largest error of each backend in each task, and the tolerance."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from rasterbout import identity
from rasterbout.measures import BY_NAME
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.summary import TASK, summarise
from rasterbout.reports.statistics.tasks import details_of_tasks, joined


@dataclass(frozen=True, kw_only=True)
class Correctness:
    """The comparison of all results of one backend with the oracle.

    Attributes
    ----------
    right
        True where every pixel of every result is right; None where there was nothing to compare.
    text
        The largest error, or the reason why there is none.
    """

    right: bool | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The results of one task compared with the oracle, by backend."""

    task: str
    where: str
    pixels: str
    backends: Mapping[str, Correctness]


def compared(run: Run, runs: Sequence[Run] = ()) -> Iterator[Compared]:
    """Yield the comparison of each task of ``run``, with names that are distinct within the ``runs`` of a report."""
    summary = summarise(run.records)
    if summary.empty:
        return
    details = details_of_tasks(run, runs)
    for _, rows in summary.groupby(TASK, sort=False, dropna=False):
        task = rows.iloc[0].to_dict()
        yield Compared(
            task=identity.work_name(task),
            where=joined(identity.where(task), details[identity.key(task, TASK)]),
            pixels=_pixels(rows),
            backends={str(backend): _correctness(mine) for backend, mine in rows.groupby("backend", sort=False)},
        )


def _pixels(rows: pd.DataFrame) -> str:
    checked = rows[rows["pixels_compared"] > 0]
    if checked.empty:
        return "no pixel was compared"
    text = f"{checked['pixels_compared'].min():,} pixels compared, {checked['pixels_left_out'].max():,} left out"
    allowed = BY_NAME["tolerance"].shown(checked["tolerance"].max())
    return f"{text}, tolerance {allowed}" if allowed else text


def _correctness(rows: pd.DataFrame) -> Correctness:
    """Return the correctness of all settings of one backend: that of the worst."""
    wrong = rows[rows["status"] == "wrong"]
    if len(wrong):
        return Correctness(right=False, text=wrong.iloc[0]["reason"])
    error = rows["max_error"].max()
    if not pd.isna(error):
        return Correctness(right=True, text=BY_NAME["max_error"].shown(error) if error else "0")
    first = rows.iloc[0]
    return Correctness(right=None, text=f"{first['status']}: {first['reason'] or 'not compared'}")
