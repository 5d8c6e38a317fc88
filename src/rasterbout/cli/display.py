"""The display of a run: a table and a progress bar on a terminal, plain lines elsewhere, JSON for machines."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Protocol

import click
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rasterbout import identity
from rasterbout.identity import TASK
from rasterbout.measures import BY_NAME, FLOOR_SHARE
from rasterbout.record import Record

PLAIN_COLUMNS = 130  # width of a table in a file or pipe


class Display(Protocol):
    """Shows records as they arrive."""

    def show(self, records: Sequence[Record], total: int, left: str) -> None:
        """Show the last of ``records``, the progress towards ``total``, and the time ``left`` in words."""


def console_for(*, machine: bool) -> Console:
    """Return the console for people: standard output, or standard error if standard output carries JSON."""
    console = Console(stderr=machine)
    return console if console.is_terminal else Console(stderr=machine, width=PLAIN_COLUMNS)


@contextmanager
def display_on(console: Console, *, machine: bool) -> Iterator[Display]:
    """Yield the display that suits ``console``."""
    if machine:
        yield _Json()
    elif not console.is_terminal:
        yield _Lines(console)
    else:
        with Live(console=console, refresh_per_second=4, vertical_overflow="crop") as live:
            yield _Table(live)


class _Json:
    def show(self, records: Sequence[Record], total: int, left: str) -> None:  # noqa: ARG002
        click.echo(json.dumps(asdict(records[-1])))


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, records: Sequence[Record], total: int, left: str) -> None:
        line = f"{len(records)}/{total} {in_one_line(records[-1])}; {left}"
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


class _Table:
    """The table of the current task, below the failures and above a progress bar."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"), console=live.console,
        )  # fmt: skip
        self._task = self._bar.add_task("measuring", total=None, left="")

    def show(self, records: Sequence[Record], total: int, left: str) -> None:
        last = records[-1]
        if last.status not in {"ok", "unsupported", "unavailable"}:
            self._live.console.print(in_one_line(last), highlight=False, markup=False, soft_wrap=True)
        self._bar.update(self._task, completed=len(records), total=total, left=left)
        from rasterbout.reports.tables.terminal import tables  # noqa: PLC0415  imports pandas and scipy, between two cases

        task = identity.key(vars(last), TASK)
        shown = tables(record for record in records if identity.key(vars(record), TASK) == task)
        self._live.update(Group(*shown, self._bar))


def in_one_line(record: Record) -> str:
    """Return the outcome of a record in one line."""
    what = f"{identity.work_name(vars(record))} {record.backend} on {record.dataset} {record.size}"
    if record.status != "ok":
        return f"{what}: {record.status}: {record.reason}"
    time, peak = BY_NAME["wall_s"], BY_NAME["peak_bytes"]
    share = (record.floor_s or 0.0) / record.median_wall_s * FLOOR_SHARE.scale
    facts = (
        f"{time.shown(record.median_wall_s)} {time.unit}",
        f"floor's share {share:.0f} {FLOOR_SHARE.unit}" if share else "",
        f"{peak.shown(record.peak_bytes)} {peak.unit}" if record.peak_bytes else "",
        f"{record.pixels_compared} pixels right",
    )
    return f"{what}: {', '.join(filter(None, facts))}"
