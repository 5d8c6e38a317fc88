"""Records summed up: one row per case, with ratios to the fastest case and to the floor."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from rasterbout import identity, measures
from rasterbout.fitness import unfit_rounds
from rasterbout.record import Record, latest
from rasterbout.reports.statistics.ratio import interval_of_mean, prior_of

if TYPE_CHECKING:
    from rasterbout.measures import Measure

TASK, CASE = list(identity.TASK), list(identity.CASE)
LOAD_UNITS = frozenset({"s", "J"})
"""Measures in these units depend on what else the machine does: those of unfit rounds are left out."""

NAN = float("nan")


def usable(records: Iterable[Record]) -> list[Record]:
    """Return the records that count: the last of each cell, none of interrupted processes.

    Records of unfit rounds come without times and energies.
    """
    known = latest(records)
    unfit = set(unfit_rounds(known))
    dropped: dict[str, Any] = {
        one.name: [] if one.repeats == "each" else None for one in measures.TABLE if one.unit in LOAD_UNITS
    }
    return [
        replace(record, **dropped) if record.round in unfit else record
        for record in known
        if record.status != "interrupted"
    ]


def summarise(records: Iterable[Record]) -> pd.DataFrame:
    """Sum up the records of each case.

    Returns
    -------
    pandas.DataFrame
        One row per case, the fastest first within a task, with these columns:

        - the fields of `identity.CASE`, ``parameters`` as JSON and ``inputs`` joined by spaces;
        - ``status`` and ``reason`` of the first round that failed, or of the first round;
        - ``rounds``, the number of rounds that were timed and are fit; ``cache``, the state that all
          rounds reached, or unknown; ``cores``, the fewest of all rounds;
        - each measure of `measures.TABLE`, in its unit of a record (s, J, bytes, pixels), aggregated over the
          rounds by the measure's rule; NaN where nothing was measured. Time, CPU time and energy are NaN
          where a round failed;
        - each ratio of `measures.DERIVED`;
        - ``of_fastest``, the `paired_ratio` to the fastest case of the task, and ``at_least`` and
          ``at_most``, its interval: NaN for the fastest case itself, and for a single round, whose
          ``of_fastest`` is the plain ratio.
    """
    frame = pd.DataFrame([_row(record) for record in usable(records)])
    if frame.empty:
        return frame
    rows = _aggregated(frame)
    rows["of_fastest"] = rows["wall_s"] / rows.groupby(TASK, dropna=False)["wall_s"].transform("min")
    for derived, above, below in measures.DERIVED:
        rows[derived.name] = rows[above] / rows[below]
    rows = rows.merge(_paired(frame, rows), on=CASE, how="left")
    rows["of_fastest"] = rows.pop("paired").fillna(rows["of_fastest"])
    return rows.sort_values([*TASK, "wall_s", "backend"], na_position="last", ignore_index=True)


def _row(record: Record) -> dict[str, object]:
    """Return the fields of a record as `summarise` compares them: one number for each measure."""
    return (
        vars(record)
        | dict(zip(CASE, record.case, strict=True))
        | {one.name: _number(one, getattr(record, one.name, None)) for one in measures.TABLE}
        | {"bad": record.status != "ok"}
    )


def _number(measure: "Measure", held: Any) -> float:
    """Return the number of one record; integers stay integers, so that tables show them without a point."""
    return held if isinstance(held, int) else measure.number(held)


def _aggregated(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each case, with the measures aggregated over its rounds."""
    how: dict[str, Any] = {
        "status": ("status", "first"),
        "reason": ("reason", "first"),
        "rounds": ("wall_s", "count"),
        "cache": ("cache", _common),
        "cores": ("cores", "min"),
        **{one.name: (one.name, one.rounds) for one in measures.TABLE},
    }
    bad_first = frame.sort_values("bad", ascending=False, kind="stable")
    rows: pd.DataFrame = bad_first.groupby(CASE, sort=False, dropna=False).agg(**how).reset_index()
    timed = [one.name for one in measures.TABLE if one.repeats == "each"]
    rows.loc[rows["status"] != "ok", timed] = NAN
    return rows


def _paired(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the ratio of each timed case to the fastest of its task, paired by round, and its interval."""
    timed, fastest = rows.dropna(subset="wall_s")[CASE], rows[rows["of_fastest"] == 1].drop_duplicates(TASK)[CASE]
    by_round = frame.dropna(subset="wall_s")[[*CASE, "round", "wall_s"]].merge(timed)
    times = by_round.merge(by_round.merge(fastest)[[*TASK, "round", "wall_s"]], on=[*TASK, "round"])
    times["ratio"] = times["wall_s_x"] / times["wall_s_y"]
    found = [row for _, task in times.groupby(TASK, dropna=False) for row in _ratios(task)]
    return pd.DataFrame(found, columns=[*CASE, "paired", "at_least", "at_most"])


def _ratios(task: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Yield each case of a task with its ratio to the fastest, whose own is 1, and the bounds of the interval."""
    by_case = {case: pairs["ratio"].to_list() for case, pairs in task.groupby(CASE, dropna=False)}
    ratios = {case: pairs for case, pairs in by_case.items() if any(one != 1 for one in pairs)}
    prior = prior_of(ratios.values())
    for case, pairs in ratios.items():
        ratio = interval_of_mean(pairs, prior)
        yield (*case, ratio.value, ratio.low, ratio.high) if ratio.high < math.inf else (*case, NAN, NAN, NAN)


def _common(states: pd.Series) -> str:
    """Return the state of all rounds, unknown where they differ."""
    (first, *others) = states.unique()
    return "unknown" if others else first
