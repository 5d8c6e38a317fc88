"""``rasterbout report``: what people look at, made of the records of runs."""

from pathlib import Path

import click

from rasterbout.cli.operations import FILE
from rasterbout.reports.page import page
from rasterbout.reports.runs import load_runs


@click.command()
@click.argument("folders", nargs=-1, required=True, type=FILE)
@click.option("--out", type=FILE, help="The file; default report.html in the first folder.")
def report(folders: tuple[Path, ...], out: Path | None) -> None:
    """Make a page of the runs in FOLDERS (or of asv's results): one HTML file that needs no network."""
    runs = load_runs(folders)
    target = out or folders[0] / "report.html"
    target.write_text(page(runs), encoding="utf-8")
    click.echo(target)
