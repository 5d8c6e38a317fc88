"""The cells of the page's table, and of the JSON export: a dictionary for each case, as JSON holds it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rasterbout import identity, measures
from rasterbout.fitness import unfit_rounds
from rasterbout.identity import TASK, Key
from rasterbout.measures import Measure
from rasterbout.record import Record, latest
from rasterbout.reports.statistics.curves import curves, typical
from rasterbout.reports.statistics.flames import Bar, bars
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.stacks import stacks_of
from rasterbout.reports.statistics.summary import summarise
from rasterbout.reports.statistics.tasks import details_of_tasks, joined

Cell = dict[str, Any]

MOST = 40  # windows of a curve: a page has hundreds of cells
DIGITS = 4

FIELDS = (
    "dataset", "size", "operation", "layout", "compress", "cache_asked", "backend", "chunk", "workers", "threads",
    "cores", "status", "reason", "cache", "rounds",
)  # fmt: skip
"""Fields of a case and its outcome, beside all measures."""

EMBEDDED = ("name", "title", "unit", "scale", "form", "less_is_better", "on_page")
"""What the scripts of the page know of a measure."""


def cells(run: Run, runs: Sequence[Run] = ()) -> list[Cell]:
    """Return a cell for each case of ``run``.

    A cell holds the fields of the case, each measure of `measures.TABLE` and `measures.DERIVED` in
    its unit of a record (s, J, bytes, pixels), None where nothing was measured, and its samples,
    curves, flame graph, inputs and versions. ``task`` and ``where`` are distinct within the ``runs`` of a report.
    """
    records: dict[Key, list[Record]] = {}
    known = latest(run.records)
    for record in known:
        records.setdefault(record.case, []).append(record)
    unfit = set(unfit_rounds(known))
    details = details_of_tasks(run, runs)
    return [
        {
            "run": run.name,
            "task": identity.work_name(row),
            "where": joined(identity.where(row), details[identity.key(row, TASK)]),
            **{name: _plain(row[name]) for name in (*FIELDS, *(one.name for one in _all_measures()))},
            **_behind(records[identity.key(row)], unfit, run),
        }
        for row in summarise(run.records).to_dict("records")
    ]


def embedded_measures() -> list[dict[str, Any]]:
    """Return the measures as the scripts of the page read them, each ratio after its denominator."""
    return [{name: getattr(one, name) for name in EMBEDDED} for one in _all_measures()]


def _all_measures() -> Iterator[Measure]:
    for one in measures.TABLE:
        yield one
        yield from (derived for derived, _, below in measures.DERIVED if below == one.name)


def _sampled() -> list[str]:
    """Return the measures that the samples of a cell show: those of the page's table, and the floors."""
    floors = {above for _, above, _ in measures.DERIVED}
    return [one.name for one in measures.TABLE if one.on_page or one.name in floors]


def _behind(records: list[Record], unfit: set[int], run: Run) -> Cell:
    """Return the content of a cell's dialog: samples, curves, flame graph, files, versions, output of a failure."""
    return {
        "samples": list(_samples(records, unfit)),
        "inputs": records[0].inputs,
        "curves": list(_curves(records)),
        "flames": [asdict(bar) | _rounded(bar) for bar in bars(stacks_of(records[0], run))],
        "versions": records[-1].versions,
        "printed": next((record.printed for record in records if record.printed and record.status != "ok"), ""),
    }


def _curves(records: list[Record]) -> Iterator[Cell]:
    for curve in curves(typical(record for record in records if record.status == "ok"), MOST):
        short = {
            name: [float(f"{value:.{DIGITS}g}") for value in getattr(curve, name)] for name in ("seconds", "values")
        }
        yield asdict(curve) | short


def _rounded(bar: Bar) -> Cell:
    return {"left": round(bar.left, DIGITS), "right": round(bar.right, DIGITS)}


def _samples(records: list[Record], unfit: set[int]) -> Iterator[Cell]:
    for record in sorted(records, key=lambda record: record.round):
        yield {
            "round": record.round,
            "status": record.status,
            "unfit": record.round in unfit,
            **{name: getattr(record, name, None) for name in _sampled()},
        }


def _plain(value: Any) -> Any:
    """Return a number of Python, None for NaN."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
