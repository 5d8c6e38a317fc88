"""Groups of charts on the page, each drawn by a script of its own."""

from collections.abc import Iterator, Sequence
from typing import Any

from bokeh.document import Document
from bokeh.embed import components
from markupsafe import Markup

from rasterbout.reports.charts.growth import families, growth
from rasterbout.reports.charts.look import Chart, Look
from rasterbout.reports.charts.task_charts import task_charts
from rasterbout.reports.statistics.tasks import TaskRecords, joined

View = dict[str, Any]


def groups(found: Sequence[TaskRecords], look: Look, run: str) -> Iterator[View]:
    """Yield the charts of each task, and of each operation at several sizes, as the template shows them."""
    charts = [
        *((task.title, list(task_charts(task, look))) for task in found),
        *((family.title, list(growth(family, look))) for family in families(found)),
    ]
    return (_group(joined(title, run), drawn) for title, drawn in charts if drawn)


def _group(title: str, charts: Sequence[Chart]) -> View:
    """Return a group of charts with its script, and a Bokeh document of its own: it is drawn when it is opened."""
    document = Document()
    with document.models.freeze():  # otherwise Bokeh recomputes the whole document for each figure
        for one in charts:
            document.add_root(one.plot)
    script, divs = components([one.plot for one in charts], wrap_script=False)
    return {
        "title": title,
        "script": Markup(script),  # noqa: S704  JSON that Bokeh has escaped
        "charts": [
            {"title": one.title, "caption": one.caption, "div": Markup(div)}  # noqa: S704
            for one, div in zip(charts, divs, strict=True)
        ],
    }
