"""``rasterbout datasets``: list, make and show datasets."""

import click
from rich.console import Console
from rich.table import Table

from rasterbout.cli.options import LAYOUT, options
from rasterbout.contract import Layout
from rasterbout.datasets import datasets as known
from rasterbout.datasets import load, products
from rasterbout.scene import Scene


@click.group(invoke_without_command=True)
@click.pass_context
def datasets(context: click.Context) -> None:
    """List, make and show datasets, which are kept in a cache folder."""
    if context.invoked_subcommand is None:
        context.invoke(list_datasets)


@datasets.command("list")
def list_datasets() -> None:
    """List the datasets."""
    table = Table("dataset", "description", box=None, pad_edge=False)
    for name, dataset in known().items():
        table.add_row(name, dataset.summary)
    for product in products():
        table.add_row("PATH", f"a path instead of a name: {product.summary}")
    Console().print(table)


@datasets.command()
@click.argument("name")
@click.option("--size", type=int, help="Edge in pixels, where it can be chosen.")
@options(*LAYOUT)
def make(name: str, size: int | None, layout: str, compress: str) -> None:
    """Make a dataset unless it is in the cache, and print its files."""
    for raster in _load(name, size, layout, compress).rasters:
        click.echo(raster.path)


@datasets.command()
@click.argument("name")
@click.option("--size", type=int, help="Edge in pixels, where it can be chosen.")
@options(*LAYOUT)
def show(name: str, size: int | None, layout: str, compress: str) -> None:
    """Show the files, grids, pixel types and operations of a dataset."""
    for line in _load(name, size, layout, compress).describe():
        click.echo(line)


def _load(name: str, size: int | None, layout: str, compress: str) -> Scene:
    return load(name, size=size, layout=Layout(blocks=layout, compression=compress))  # type: ignore[arg-type]
