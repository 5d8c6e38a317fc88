"""Options that several commands take."""

from collections.abc import Callable
from typing import Any

import click
import pydantic
from pydantic import TypeAdapter, ValidationError

from rasterbout.contract import BLOCKS, COMPRESSIONS
from rasterbout.operation import OPERATIONS, Resampling

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Chunk(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """The edge of a square piece in pixels, or ``auto`` (None)."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """Return the number, None for ``auto``."""
        if value == "auto":
            return None
        if not str(value).isdecimal() or int(value) == 0:
            self.fail(f"'{value}' is neither a number of pixels nor auto", param, ctx)
        return int(value)


class ByteSize(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A number of bytes, such as 4GB or 512MiB."""

    name = "bytes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        try:
            return int(TypeAdapter(pydantic.ByteSize).validate_python(value))
        except ValidationError:
            self.fail(f"'{value}' is no number of bytes; write 4GB or 512MiB", param, ctx)


class OperationName(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """The name of an operation, with dashes or underscores."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name with underscores."""
        name = str(value).replace("-", "_")
        if name not in OPERATIONS:
            self.fail(f"unknown operation '{value}'; there are {', '.join(OPERATIONS)}", param, ctx)
        return name


class Several(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """Values of one kind, separated by commas."""

    def __init__(self, kind: click.ParamType) -> None:  # type: ignore[type-arg]
        self._kind = kind
        self.name = f"{kind.name},..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        """Return the values, each once."""
        if isinstance(value, tuple):
            return value
        return tuple(dict.fromkeys(self._kind.convert(part.strip(), param, ctx) for part in value.split(",")))


LAYOUT: tuple[Decorator, ...] = (
    click.option(
        "--layout", type=click.Choice(BLOCKS), default="tiled", show_default=True, help="Blocks of the files."
    ),
    click.option("--compress", type=click.Choice(COMPRESSIONS), default="none", show_default=True),
)
RESAMPLING: Decorator = click.option(
    "--resampling", type=click.Choice([kind.value for kind in Resampling]), default="cubic", show_default=True
)


def options(*decorators: Decorator) -> Decorator:
    """Return one decorator that adds all options, in the order given."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return add
