"""The page: one HTML file that needs no network."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bokeh.resources import Resources
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rasterbout import identity
from rasterbout.fitness import unfit_rounds
from rasterbout.record import latest
from rasterbout.reports.charts.look import Look
from rasterbout.reports.charts.thumbs import Thumb, thumbs
from rasterbout.reports.page.cells import cells, embedded_measures
from rasterbout.reports.page.facts import facts
from rasterbout.reports.page.groups import groups, scaling_groups
from rasterbout.reports.statistics.answer import Answer, answer
from rasterbout.reports.statistics.correctness import compared
from rasterbout.reports.statistics.rules import rules
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.tasks import TaskRecords, joined, tasks
from rasterbout.reports.statistics.words import headline, leanest, reasons

TEMPLATES = Path(__file__).parent / "templates"

View = dict[str, Any]
"""Variables of the template."""


def page(runs: Sequence[Run]) -> str:
    """Return the page of ``runs``."""
    look = Look(sorted({record.backend for run in runs for record in run.records}))
    work = [(_distinct(run, runs), list(tasks(run, runs))) for run in runs]
    charts = [group for name, found in work for group in groups(found, look, name)]
    scaling = [group for name, found in work for group in scaling_groups(found, look, name)]
    pictures = _pictures(runs)
    sources = dict.fromkeys(thumb.source for found in pictures.values() for thumb in found)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html.jinja").render(
        title=", ".join(run.name for run in runs),
        lead=_lead(runs),
        style=_source("page.css"),
        scripts=[_source(name) for name in ("measures.js", "flames.js", "cell.js", "table.js", "charts.js")],
        bokeh=Markup(Resources(mode="inline", components=["bokeh"]).render()) if charts else "",  # noqa: S704  Bokeh's own scripts
        charts=charts,
        scaling=scaling,
        backends=look.key(),
        pictures=pictures,
        images={source: number for number, source in enumerate(sources)},
        warnings=[warning for run in runs for warning in _warnings(run)],
        answers=[view for name, found in work for view in _answers(found, name)],
        measures=embedded_measures(),
        cells=[cell for run in runs for cell in cells(run, runs)],
        pixels=[(_distinct(run, runs), list(compared(run, runs))) for run in runs],
        runs=[facts(run) for run in runs],
    )


def _distinct(run: Run, runs: Sequence[Run]) -> str:
    """Return the name of a run where the page has several."""
    return run.name if len(runs) > 1 else ""


def _pictures(runs: Sequence[Run]) -> dict[str, list[Thumb]]:
    """Return the pictures of all runs by task."""
    found: dict[str, list[Thumb]] = {}
    for run in runs:
        for thumb in thumbs(run, runs):
            found.setdefault(joined(thumb.task, _distinct(run, runs)), []).append(thumb)
    return found


def _source(name: str) -> Markup:
    """Return a template file, to be included unescaped."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def _lead(runs: Sequence[Run]) -> str:
    records = [record for run in runs for record in latest(run.records)]
    cases = len({(run.name, record.case) for run in runs for record in run.records})
    rounds = len({record.round for record in records})
    return f"{cases} cases, {len(records)} measured processes, {rounds} round{'' if rounds == 1 else 's'}"


def _warnings(run: Run) -> Iterator[str]:
    if not run.records:
        yield f"{run.name} has no records: nothing was measured."
        return
    known = latest(run.records)
    bad = [record for record in known if record.status not in {"ok", "unavailable", "unsupported", "interrupted"}]
    if bad:
        yield f"{run.name}: {len(bad)} of {len(known)} processes failed; their cells give the reasons."
    if unfit := unfit_rounds(known):
        yield f"{run.name}: rounds {', '.join(map(str, unfit))} are unfit (their floors moved) and left out."
    if len({record.round for record in known}) == 1:
        yield f"{run.name} has a single round: ratios have no interval, so no difference is significant."


def _answers(found: Sequence[TaskRecords], run: str) -> Iterator[View]:
    for task in found:
        best = answer(task.records)
        if best is not None:
            yield _answer(task, best, run)


def _answer(task: TaskRecords, found: Answer, run: str) -> View:
    return {
        "task": identity.work_name(task.fields),
        "where": joined(task.where, run),
        "headline": headline(found.time),
        "close": bool(found.time.close),
        "reasons": list(reasons(found)),
        "memory": leanest(found.memory),
        "cpu": headline(found.cpu),
        "rules": rules(task.records),
    }
