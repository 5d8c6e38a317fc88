"""Tables for machines and for papers: one row a case."""

import json
from collections.abc import Sequence

import pandas as pd

from rasterbout.reports.cells import cells
from rasterbout.reports.runs import Run
from rasterbout.reports.summary import TASK, summarise, task_name

IN_PAPERS = {
    "backend": "backend", "chunk": "chunk", "workers": "workers", "wall_s": "time (s)", "of_fastest": "x fastest",
    "at_least": "at least", "at_most": "at most", "of_limit": "of the limit", "cpu_s": "CPU (s)",
    "peak_mb": "peak (MB)", "max_error": "largest error", "told": "status",
}  # fmt: skip
"""Columns of the Markdown tables, and their names."""


def as_csv(runs: Sequence[Run]) -> str:
    """Return all cases of all runs as comma-separated values, times in seconds, sizes in bytes."""
    frames = [summarise(run.records).assign(run=run.name) for run in runs]
    whole: str = pd.concat(frames, ignore_index=True).to_csv(index=False)
    return whole


def as_json(runs: Sequence[Run]) -> str:
    """Return all cases of all runs with their samples."""
    return json.dumps([cell for run in runs for cell in cells(run)], indent=1, allow_nan=False)


def as_markdown(runs: Sequence[Run]) -> str:
    """Return a table for each task of each run, fastest row first."""
    parts = []
    for run in runs:
        parts.append(f"# {run.name}\n")
        summary = summarise(run.records)
        if summary.empty:
            parts.append("Nothing was measured.\n")
            continue
        for _, rows in summary.groupby(TASK, sort=False):
            parts += [f"## {_title(rows.iloc[0])}\n", _table(rows) + "\n"]
    return "\n".join(parts)


def _title(task: pd.Series) -> str:
    how = f"{task['layout']}, compress {task['compress']}, cache {task['cache_asked']}"
    return f"{task_name(task.to_dict())} on {task['dataset']} {task['size']}: {how}"


def _table(rows: pd.DataFrame) -> str:
    told = rows["status"].where(rows["reason"] == "", rows["status"] + ": " + rows["reason"])
    shown = rows.assign(peak_mb=rows["peak_bytes"] / 1e6, told=told.str.replace("|", "\\|").str.replace("\n", " "))
    table: str = (
        shown[list(IN_PAPERS)].rename(columns=IN_PAPERS).to_markdown(index=False, floatfmt=".3g", missingval="")
    )
    return table
