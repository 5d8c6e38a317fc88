"""What the table of the page shows and opens: a dictionary for each case, of what JSON can hold."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rasterbout.fitness import unfit_rounds
from rasterbout.record import Record, latest
from rasterbout.reports.curves import curves, typical
from rasterbout.reports.runs import Run
from rasterbout.reports.summary import CASE, case_of, summarise, task_name

Cell = dict[str, Any]

MOST = 40  # windows of a curve: a page has hundreds of cells
DIGITS = 4

SHOWN = (
    "dataset", "size", "layout", "compress", "backend", "chunk", "workers", "threads", "cores", "status", "reason",
    "cache", "wall_s", "cpu_s", "peak_bytes", "startup_s", "floor_s", "of_limit", "rounds", "pixels_compared",
    "pixels_left_out", "max_error",
)  # fmt: skip


def cells(run: Run) -> list[Cell]:
    """Return a cell for each case of ``run``; times in seconds, sizes in bytes, None where there is no figure."""
    records: dict[tuple[object, ...], list[Record]] = {}
    known = latest(run.records)
    for record in known:
        records.setdefault(case_of(record), []).append(record)
    unfit = set(unfit_rounds(known))
    return [
        {
            "run": run.name,
            "task": task_name(row),
            "operation": row["operation"],
            "cache_asked": row["cache_asked"],
            **{name: _plain(row[name]) for name in SHOWN},
            **_behind(records[tuple(row[name] for name in CASE)], unfit),
        }
        for row in summarise(run.records).to_dict("records")
    ]


def _behind(records: list[Record], unfit: set[int]) -> Cell:
    """Return what a cell opens: every sample, what it used over time, and what was measured with which versions."""
    return {
        "samples": list(_samples(records, unfit)),
        "inputs": records[0].inputs,
        "curves": list(_curves(records)),
        "versions": records[-1].versions,
        "printed": next((record.printed for record in records if record.printed and record.status != "ok"), ""),
    }


def _curves(records: list[Record]) -> Iterator[Cell]:
    for curve in curves(typical(record for record in records if record.status == "ok"), MOST):
        short = {
            name: [float(f"{value:.{DIGITS}g}") for value in getattr(curve, name)] for name in ("seconds", "values")
        }
        yield asdict(curve) | short


def _samples(records: list[Record], unfit: set[int]) -> Iterator[Cell]:
    for record in sorted(records, key=lambda record: record.round):
        yield {
            "round": record.round,
            "status": record.status,
            "unfit": record.round in unfit,
            "wall_s": record.wall_s,
            "cpu_s": record.cpu_s,
            "peak_bytes": record.peak_bytes,
            "floor_s": record.floor_s,
        }


def _plain(value: Any) -> Any:
    """Return a number of Python, None for what is none."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
