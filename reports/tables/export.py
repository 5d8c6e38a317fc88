"""The comparison as files: CSV, JSON and Markdown."""

import json
from collections.abc import Iterator, Sequence

import pandas as pd

from rasterbout import identity
from rasterbout.reports.page.cells import cells
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.summary import TASK, summarise
from rasterbout.reports.statistics.tasks import details_of_tasks, joined
from rasterbout.reports.tables.columns import Row, columns, timed, workers


def as_csv(runs: Sequence[Run]) -> str:
    """Return the columns of `summarise` as comma-separated values, a line per case, with the name of the run."""
    frames = [summarise(run.records).assign(run=run.name) for run in runs]
    whole: str = pd.concat(frames, ignore_index=True).to_csv(index=False)
    return whole


def as_json(runs: Sequence[Run]) -> str:
    """Return the `cells` of all runs, with their samples."""
    return json.dumps([cell for run in runs for cell in cells(run, runs)], indent=1, allow_nan=False)


def as_markdown(runs: Sequence[Run]) -> str:
    """Return a table for each task of each run, the fastest row first."""
    return "\n".join(part for run in runs for part in _parts(run, runs))


def _parts(run: Run, runs: Sequence[Run]) -> Iterator[str]:
    yield f"# {run.name}\n"
    summary = summarise(run.records)
    if summary.empty:
        yield "Nothing was measured.\n"
        return
    details = details_of_tasks(run, runs)
    for _, rows in summary.groupby(TASK, sort=False):
        task = rows.iloc[0].to_dict()
        yield f"## {joined(identity.task_name(task), details[identity.key(task, TASK)])}\n"
        yield _table(rows) + "\n"


def _table(rows: pd.DataFrame) -> str:
    numbers = columns(rows)
    headings = ["backend", "chunk", "workers", *(column.title for column in numbers), "status"]
    lines = []
    for _, row in rows.iterrows():
        shown = [column.shown(row) if timed(row) else "" for column in numbers]
        lines.append([_escaped(row["backend"]), row["chunk"], workers(row), *shown, _escaped(_outcome(row))])
    right = ["left", "right", "right", *("right" for _ in numbers), "left"]
    table: str = pd.DataFrame(lines, columns=headings).to_markdown(index=False, disable_numparse=True, colalign=right)
    return table


def _outcome(row: Row) -> str:
    return f"{row['status']}: {row['reason']}" if row["reason"] else str(row["status"])


def _escaped(text: str) -> str:
    """Return ``text`` as it fits into a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
