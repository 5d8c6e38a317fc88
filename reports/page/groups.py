"""Groups of charts on the page, each drawn by a script of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from bokeh.document import Document
from bokeh.embed import components
from markupsafe import Markup

from rasterbout.reports.charts.growth import growth, several_sizes
from rasterbout.reports.charts.look import Chart, Look
from rasterbout.reports.charts.scaling import scaling_charts
from rasterbout.reports.charts.task_charts import task_charts
from rasterbout.reports.statistics.paying import paying
from rasterbout.reports.statistics.scaling import scalings
from rasterbout.reports.statistics.tasks import TaskRecords, joined

View = dict[str, Any]


def groups(found: Sequence[TaskRecords], look: Look, run: str) -> Iterator[View]:
    """Yield the charts of each task, and of each operation at several sizes, as the template shows them."""
    charts = [
        *((task.title, list(task_charts(task, look))) for task in found),
        *((family.title, list(growth(family, look))) for family in several_sizes(found)),
    ]
    return (_group(joined(title, run), drawn) for title, drawn in charts if drawn)


def scaling_groups(found: Sequence[TaskRecords], look: Look, run: str) -> Iterator[View]:
    """Yield the charts of what was measured with several numbers of workers, with where more stop paying."""
    for one in scalings(found):
        words = [(kind, [asdict(rule) for rule in rules]) for kind, rules in paying(one)]
        yield _group(joined(one.title, run), list(scaling_charts(one, look))) | {"words": words}


def _group(title: str, charts: Sequence[Chart]) -> View:
    """Return a group of charts with its script, and a Bokeh document of its own: it is drawn when it is opened."""
    document = Document()
    with document.models.freeze():  # otherwise Bokeh recomputes the whole document for each figure
        for one in charts:
            document.add_root(one.plot)
    script, divs = components([one.plot for one in charts], wrap_script=False)
    return {
        "title": title,
        "words": [],
        "script": Markup(script),  # noqa: S704  JSON that Bokeh has escaped
        "charts": [
            {"title": one.title, "caption": one.caption, "div": Markup(div)}  # noqa: S704
            for one, div in zip(charts, divs, strict=True)
        ],
    }
