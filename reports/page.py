"""The page: one HTML file that needs no network."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bokeh.document import Document
from bokeh.embed import components
from bokeh.resources import Resources
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rasterbout.fitness import moved, unfit_rounds
from rasterbout.record import latest
from rasterbout.reports.answer import Answer, answer
from rasterbout.reports.cells import cells
from rasterbout.reports.correctness import compared
from rasterbout.reports.growth import families, growth
from rasterbout.reports.look import Look, Picture
from rasterbout.reports.pictures import pictures
from rasterbout.reports.rules import rules
from rasterbout.reports.runs import Run
from rasterbout.reports.summary import case_of, task_name
from rasterbout.reports.tasks import Task, tasks, where
from rasterbout.reports.thumbs import Thumb, thumbs
from rasterbout.reports.words import headline, leanest, megabytes, reasons

TEMPLATES = Path(__file__).parent / "templates"

View = dict[str, Any]
"""What the template is given."""


def page(runs: Sequence[Run]) -> str:
    """Return the page of ``runs``."""
    look = Look(sorted({record.backend for run in runs for record in run.records}))
    work = [(run.name if len(runs) > 1 else "", list(tasks(run))) for run in runs]
    small = [thumb for run in runs for thumb in thumbs(run)]
    drawn = [view for name, found in work for view in _drawn(found, look, name)]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html.jinja").render(
        title=", ".join(run.name for run in runs),
        lead=_lead(runs),
        style=_source("page.css"),
        scripts=[_source(name) for name in ("cell.js", "table.js", "pictures.js")],
        bokeh=Markup(Resources(mode="inline", components=["bokeh"]).render()) if drawn else "",  # noqa: S704  Bokeh's own scripts
        pictures=drawn,
        backends=look.key(),
        thumbs=_by_task(small),
        images={source: number for number, source in enumerate(dict.fromkeys(one.source for one in small))},
        warnings=[warning for run in runs for warning in _warnings(run)],
        answers=[view for name, found in work for view in _answers(found, name)],
        cells=[cell for run in runs for cell in cells(run)],
        pixels=[(run.name if len(runs) > 1 else "", list(compared(run))) for run in runs],
        runs=[_measured(run) for run in runs],
    )


def _drawn(found: Sequence[Task], look: Look, run: str) -> Iterator[View]:
    """Yield groups of pictures: those of each task, and of each operation at several sizes."""
    groups = [
        *((task.title, list(pictures(task, look))) for task in found),
        *((family.title, list(growth(family, look))) for family in families(found)),
    ]
    return (_group(", ".join(filter(None, (title, run))), drawn) for title, drawn in groups if drawn)


def _group(title: str, drawn: Sequence[Picture]) -> View:
    """Return a group of pictures, and the script that draws them.

    Each group has a document of its own, so that it can be drawn by itself.
    """
    document = Document()
    with document.models.freeze():  # otherwise Bokeh looks at all of the document again for each figure
        for one in drawn:
            document.add_root(one.plot)
    script, divs = components([one.plot for one in drawn], wrap_script=False)
    return {
        "title": title,
        "script": Markup(script),  # noqa: S704  JSON that Bokeh has escaped
        "all": [
            {"title": one.title, "caption": one.caption, "div": Markup(div)}  # noqa: S704
            for one, div in zip(drawn, divs, strict=True)
        ],
    }


def _by_task(found: Iterable[Thumb]) -> dict[str, list[Thumb]]:
    groups: dict[str, list[Thumb]] = {}
    for thumb in found:
        groups.setdefault(thumb.task, []).append(thumb)
    return groups


def _source(name: str) -> Markup:
    """Return a file of our own, to stand in the page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def _lead(runs: Sequence[Run]) -> str:
    records = [record for run in runs for record in latest(run.records)]
    cases = len({(run.name, case_of(record)) for run in runs for record in run.records})
    rounds = len({record.round for record in records})
    return f"{cases} cases, {len(records)} measured processes, {rounds} round{'' if rounds == 1 else 's'}"


def _warnings(run: Run) -> Iterator[str]:
    if not run.records:
        yield f"{run.name} holds no record: nothing was measured."
        return
    known = latest(run.records)
    bad = [record for record in known if record.status not in {"ok", "unavailable", "unsupported", "interrupted"}]
    if bad:
        yield f"{run.name}: {len(bad)} of {len(known)} processes did not end well; their cells say why."
    if unfit := unfit_rounds(known):
        yield f"{run.name}: rounds {', '.join(map(str, unfit))} are unfit, and their times left out: the floor moved."
    if len({record.round for record in known}) == 1:
        yield f"{run.name} has one round only: differences have no interval, so none can be called."


def _answers(found: Sequence[Task], run: str) -> Iterator[View]:
    for task in found:
        told = answer(task.records)
        if told is not None:
            yield _answer(task, told, run)


def _answer(task: Task, told: Answer, run: str) -> View:
    return {
        "task": task_name(task.fields),
        "where": ", ".join(part for part in (where(task.fields), run) if part),
        "headline": headline(told.time),
        "close": bool(told.time.close),
        "reasons": list(reasons(told)),
        "memory": leanest(told.memory),
        "cpu": headline(told.cpu),
        "rules": rules(task.records),
    }


def _measured(run: Run) -> View:
    settings = run.environment.get("settings", {})
    command = run.environment.get("command")
    known = latest(run.records)
    floors = ", ".join(f"{number}: {ratio:.2f}" for number, ratio in moved(known).items())
    versions = {record.backend: record.versions for record in known if record.versions}
    facts = [
        *((name, run.environment.get(name)) for name in (
            "started_at", "host", "cpu", "cores", "cpu_quota", "kernel", "system", "python", "git_commit",
        )),
        ("memory", megabytes(run.environment["memory_bytes"]) if "memory_bytes" in run.environment else None),
        ("load at start", ", ".join(f"{load:.1f}" for load in run.environment.get("load", []))),
        *((name, settings.get(name)) for name in ("preset", "rounds", "repeats", "warmups", "seed", "timeout_s")),
        ("floor of each round, of the median", floors),
        *((backend, ", ".join(f"{name} {version}" for name, version in found.items()))
          for backend, found in versions.items()),
    ]  # fmt: skip
    return {
        "name": run.name,
        "facts": [(name, str(value)) for name, value in facts if value is not None and value != ""],
        "again": f"rasterbout {' '.join(command)}" if command else "",
    }
