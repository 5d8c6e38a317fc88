"""``rasterbout report``: make pages, tables and figures from the records of runs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from rasterbout.cli.types import FILE, Several
from rasterbout.reports.charts.figures import save_figures
from rasterbout.reports.page.page import page
from rasterbout.reports.statistics.runs import Run, load_runs
from rasterbout.reports.tables.export import as_csv, as_json, as_markdown

TEXTS = {"html": page, "csv": as_csv, "json": as_json, "md": as_markdown}
FIGURES = ("png", "svg")


@click.command()
@click.argument("folders", nargs=-1, required=True, type=FILE)
@click.option("--out", type=FILE, help="HTML file; default report.html in the first folder. Other files go beside it.")
@click.option(
    "--format", "formats", type=Several(click.Choice([*TEXTS, *FIGURES])), default="html", show_default=True,
    help="html: the report; csv, json, md: tables; png, svg: figures.",
)  # fmt: skip
def report(folders: tuple[Path, ...], out: Path | None, formats: tuple[str, ...]) -> None:
    """Make a report of the runs in FOLDERS (or of asv's results): one HTML file that works offline."""
    runs = load_runs(folders)
    target = out or folders[0] / "report.html"
    for suffix in formats:
        for file in _written(runs, target, suffix):
            click.echo(file)


def _written(runs: Sequence[Run], target: Path, suffix: str) -> Iterator[Path]:
    if suffix in FIGURES:
        yield from save_figures(runs, target, suffix)
        return
    file = target if suffix == "html" else target.with_suffix(f".{suffix}")
    file.write_text(TEXTS[suffix](runs), encoding="utf-8")
    yield file
