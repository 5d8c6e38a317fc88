"""Records summed up: one row a case, with ratios to the fastest and to the floor."""

from collections.abc import Iterable
from dataclasses import asdict

import pandas as pd

from rasterbout.record import Record

TASK = ["dataset", "size", "operation", "layout", "compress", "cache"]
"""What is compared with each other: rows of one task differ in backend, chunk and workers."""

CASE = [*TASK, "backend", "chunk", "workers", "threads"]


def summarise(records: Iterable[Record]) -> pd.DataFrame:
    """Return a frame with a row for each case, fastest first within a task.

    ``wall_s`` is the median over rounds of each round's median, in seconds; ``of_fastest`` and
    ``of_floor`` are ratios; ``max_error`` is the largest and ``pixels_compared`` the smallest of all
    rounds. A case whose rounds did not all end well has the status and reason of the first that did not.
    """
    frame = pd.DataFrame([asdict(record) | {"wall_s": record.median_wall_s} for record in records])
    if frame.empty:
        return frame
    frame["chunk"] = frame["chunk"].astype(str)
    frame["bad"] = frame["status"] != "ok"
    frame = frame.sort_values("bad", ascending=False, kind="stable")
    rows = frame.groupby(CASE, sort=False).agg(
        status=("status", "first"),
        reason=("reason", "first"),
        rounds=("round", "nunique"),
        wall_s=("wall_s", "median"),
        startup_s=("startup_s", "median"),
        floor_s=("floor_s", "median"),
        pixels_compared=("pixels_compared", "min"),
        max_error=("max_error", "max"),
    ).reset_index()  # fmt: skip
    rows.loc[rows["status"] != "ok", "wall_s"] = float("nan")
    rows["of_fastest"] = rows["wall_s"] / rows.groupby(TASK)["wall_s"].transform("min")
    rows["of_floor"] = rows["wall_s"] / rows["floor_s"]
    return rows.sort_values([*TASK, "wall_s", "backend"], na_position="last", ignore_index=True)
