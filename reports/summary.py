"""Records summed up: one row a case, with ratios to the fastest and to the floor."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import median
from typing import Any

import pandas as pd

from rasterbout.fitness import unfit_rounds
from rasterbout.record import Record, latest
from rasterbout.reports.ratio import paired_ratio

TASK = ["dataset", "size", "operation", "factor", "resampling", "layout", "compress", "cache_asked", "inputs"]
"""What is compared with each other: rows of one task differ in backend, chunk and workers."""

CASE = [*TASK, "backend", "chunk", "workers", "threads"]


def same_task(one: Record, other: Record) -> bool:
    """Whether two records are compared with each other."""
    return all(getattr(one, name) == getattr(other, name) for name in TASK)


def case_of(record: Record) -> tuple[object, ...]:
    """Return what tells the row of ``record`` from the others in what `summarise` returns: its `CASE`."""
    told = _told(record)
    return tuple(told[name] if name in told else getattr(record, name) for name in CASE)


def task_name(task: Mapping[Any, Any]) -> str:
    """Return what people call an operation: with its factor or resampling."""
    return " ".join(str(part) for part in (task["operation"], task["factor"], task["resampling"]) if part != "")


def usable(records: Iterable[Record]) -> list[Record]:
    """Return the records that count: none that was stopped or replaced, and none of the times of unfit rounds."""
    known = latest(records)
    unfit = set(unfit_rounds(known))
    return [
        replace(record, wall_s=[], cpu_s=[], startup_s=None, floor_s=None) if record.round in unfit else record
        for record in known
        if record.status != "interrupted"
    ]


def summarise(records: Iterable[Record]) -> pd.DataFrame:
    """Return a frame with a row for each case, fastest first within a task.

    ``wall_s`` is the median over rounds of each round's median, in seconds, so are ``cpu_s``,
    ``startup_s`` and ``floor_s``; ``rounds`` is how many count. ``of_fastest`` is the `paired_ratio` to
    the first of the task, ``at_least`` and ``at_most`` are its interval: NaN for the first itself and
    for a single round, of which ``of_fastest`` is the plain ratio. ``of_limit`` is the share
    ``floor_s / wall_s``. ``peak_bytes``, ``max_error`` and ``pixels_left_out`` are the largest and
    ``pixels_compared`` the smallest of all rounds. A case whose rounds did not all
    end well has the status and reason of the first that did not; one that was measured in unfit rounds
    alone has no time.
    """
    frame = pd.DataFrame([_row(record) for record in usable(records)])
    if frame.empty:
        return frame
    frame = frame.sort_values("bad", ascending=False, kind="stable")
    rows = frame.groupby(CASE, sort=False, dropna=False).agg(
        status=("status", "first"),
        reason=("reason", "first"),
        rounds=("wall_s", "count"),
        wall_s=("wall_s", "median"),
        cpu_s=("cpu_s", "median"),
        peak_bytes=("peak_bytes", "max"),
        startup_s=("startup_s", "median"),
        floor_s=("floor_s", "median"),
        pixels_compared=("pixels_compared", "min"),
        pixels_left_out=("pixels_left_out", "max"),
        max_error=("max_error", "max"),
        tolerance=("tolerance", "max"),
        cache=("cache", _common),
        cores=("cores", "min"),
    ).reset_index()  # fmt: skip
    rows.loc[rows["status"] != "ok", "wall_s"] = float("nan")
    rows["of_fastest"] = rows["wall_s"] / rows.groupby(TASK, dropna=False)["wall_s"].transform("min")
    rows["of_limit"] = rows["floor_s"] / rows["wall_s"]
    rows = rows.merge(_paired(frame, rows), on=CASE, how="left")
    rows["of_fastest"] = rows.pop("paired").fillna(rows["of_fastest"])
    return rows.sort_values([*TASK, "wall_s", "backend"], na_position="last", ignore_index=True)


def _paired(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return, for each case that has a time, its ratio to the fastest of its task, round by round, and its interval."""
    timed, fastest = rows.dropna(subset="wall_s")[CASE], rows[rows["of_fastest"] == 1].drop_duplicates(TASK)[CASE]
    by_round = frame.dropna(subset="wall_s")[[*CASE, "round", "wall_s"]].merge(timed)
    times = by_round.merge(by_round.merge(fastest)[[*TASK, "round", "wall_s"]], on=[*TASK, "round"])
    found = [
        (*case, *_ratio(pairs["wall_s_x"], pairs["wall_s_y"])) for case, pairs in times.groupby(CASE, dropna=False)
    ]
    return pd.DataFrame(found, columns=[*CASE, "paired", "at_least", "at_most"])


def _ratio(times_s: pd.Series, others_s: pd.Series) -> tuple[float, float, float]:
    if len(times_s) < 2 or times_s.equals(others_s):
        return float("nan"), float("nan"), float("nan")
    ratio = paired_ratio(times_s.to_list(), others_s.to_list())
    return ratio.value, ratio.low, ratio.high


def _common(states: pd.Series) -> str:
    """Return the state of all rounds, unknown where they differ."""
    (first, *others) = states.unique()
    return "unknown" if others else first


def _row(record: Record) -> dict[str, object]:
    """Return the fields of a record as `summarise` compares them: one number for each measure."""
    return (
        vars(record)
        | _told(record)
        | {
            "wall_s": record.median_wall_s,
            "cpu_s": median(record.cpu_s) if record.cpu_s else float("nan"),
            "bad": record.status != "ok",
        }
    )


def _told(record: Record) -> dict[str, object]:
    """Return those fields of a case that are no text or number of their own, or may be none."""
    return {
        "inputs": " ".join(record.inputs),
        "chunk": str(record.chunk),
        "factor": "" if record.factor is None else record.factor,
        "resampling": record.resampling or "",
    }
