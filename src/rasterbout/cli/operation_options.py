"""Command line options derived from the fields of operations: inputs and parameters."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import click

from rasterbout.cli.options import Decorator
from rasterbout.cli.types import FILE
from rasterbout.header import read_header
from rasterbout.operations.fields import Field, fields_of
from rasterbout.operations.operation import Operation
from rasterbout.operations.registry import operations
from rasterbout.raster import Band
from rasterbout.scene import Scene

FILES = "files"
"""Name of the dataset made of the user's own files."""


def options_of(operation: type[Operation]) -> Iterator[Decorator]:
    """Yield the options of one operation; those without a default are required."""
    for one in fields_of(operation):
        if one.is_input:
            yield from _input_options(one, one.help, required=True)
        else:
            default = {} if one.is_required else {"default": str(one.default), "show_default": True}
            yield _parameter_option(one, one.help, required=one.is_required, **default)


def options_of_all() -> Iterator[Decorator]:
    """Yield the options of all operations, each once; all are optional."""
    by_name: dict[str, list[tuple[str, Field]]] = defaultdict(list)
    for name, operation in operations().items():
        for one in fields_of(operation):
            by_name[one.role or one.name].append((name, one))
    for used in sorted(by_name.values(), key=lambda used: not used[0][1].is_input):
        names, one = ", ".join(name for name, _ in used), _widest(used)
        if one.is_input:
            yield from _input_options(one, f"Your own file, for {names}: {one.help}", required=False)
        else:
            yield _parameter_option(one, f"{one.help} For {names}; defaults to the dataset's or the operation's value.")


def taken_from(options: dict[str, Any]) -> tuple[dict[str, Path], dict[str, int], dict[str, Any]]:
    """Remove files and band numbers (by role) and parameters (by name) from ``options``, and return them."""
    every = [one for operation in operations().values() for one in fields_of(operation)]
    roles = dict.fromkeys(one.role for one in every if one.is_input)
    files = {role: path for role in roles if (path := options.pop(role, None)) is not None}
    bands = {role: number for role in roles if (number := options.pop(f"{role}_band", None)) is not None}
    names = dict.fromkeys(one.name for one in every if not one.is_input)
    return files, bands, {name: options.pop(name) for name in names if name in options}


def scene_of(files: Mapping[str, Path], bands: Mapping[str, int]) -> Scene:
    """Return a scene of the user's own files.

    Raises
    ------
    BadInput
        A file cannot be read, or does not have the band.
    """
    inputs = {role: Band(raster=read_header(path), index=bands.get(role, 1)) for role, path in files.items()}
    return Scene(name=FILES, inputs=inputs)


def _input_options(one: Field, text: str, *, required: bool) -> Iterator[Decorator]:
    flag = f"--{one.role.replace('_', '-')}"
    yield click.option(flag, one.role, type=FILE, required=required, help=text)
    if one.kind is Band:
        yield click.option(
            f"{flag}-band", f"{one.role}_band", type=int, default=1, show_default=True, help="Band number in the file."
        )


def _parameter_option(one: Field, text: str, **how: Any) -> Decorator:
    flag = f"--{one.name.replace('_', '-')}"
    if one.kind is bool:
        return click.option(f"{flag}/--no-{flag[2:]}", one.name, help=text, **{"default": None, **how})
    kind = click.Choice([member.value for member in one.kind]) if issubclass(one.kind, StrEnum) else one.kind
    return click.option(flag, one.name, type=kind, help=text, **how)


def _widest(used: list[tuple[str, Field]]) -> Field:
    """Return the most specific field: that of a band, if one operation reads a band and another the whole file."""
    return next((one for _, one in used if one.kind is Band), used[0][1])
