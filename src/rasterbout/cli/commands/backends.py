"""``rasterbout backends``: list the backends and their availability."""

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from rasterbout.contract import Availability
from rasterbout.errors import BackendUnavailable
from rasterbout.registry import backend_names, load_backend


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def backends(as_json: bool) -> None:  # noqa: FBT001  click passes flags by keyword
    """List the backends with their versions, or the reason why they are not available."""
    found = {name: availability_of(name) for name in backend_names()}
    if as_json:
        click.echo(json.dumps({name: asdict(availability) for name, availability in found.items()}, indent=2))
        return
    table = Table("backend", "available", "versions, or why not", box=None, pad_edge=False)
    for name, availability in found.items():
        table.add_row(name, "yes" if availability.available else "no", _details(availability))
    Console().print(table)


def availability_of(name: str) -> Availability:
    """Probe a backend; it is unavailable if it cannot be imported."""
    try:
        return load_backend(name).probe()
    except BackendUnavailable as error:
        return Availability(available=False, reason=str(error))


def _details(found: Availability) -> str:
    if found.available:
        return ", ".join(f"{library} {version}" for library, version in found.versions.items())
    return "; ".join(part for part in (found.reason, found.remedy) if part)
