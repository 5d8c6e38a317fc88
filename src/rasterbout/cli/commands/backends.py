"""``rasterbout backends``: list the backends and their availability."""

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rasterbout.contract import Availability
from rasterbout.registry import availability, backend_names
from rasterbout.safe_text import safe


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def backends(as_json: bool) -> None:  # noqa: FBT001  click passes flags by keyword
    """List the backends with their versions, or the reason why they are not available."""
    found = {name: availability(name) for name in backend_names()}
    if as_json:
        click.echo(json.dumps({name: asdict(one) for name, one in found.items()}, indent=2))
        return
    table = Table("backend", "available", "versions, or why not", box=None, pad_edge=False)
    for name, one in found.items():
        table.add_row(Text(safe(name)), "yes" if one.available else "no", Text(safe(_details(one))))
    Console().print(table)


def _details(found: Availability) -> str:
    if found.available:
        return ", ".join(f"{library} {version}" for library, version in found.versions.items())
    return "; ".join(part for part in (found.reason, found.remedy) if part)
