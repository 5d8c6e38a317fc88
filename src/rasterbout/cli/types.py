"""Types of option values."""

from pathlib import Path
from typing import Any

import click

from rasterbout.operations.registry import operations
from rasterbout.plugins import unknown

FILE = click.Path(path_type=Path)


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


class OperationName(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """The name of an operation, with dashes or underscores."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name with underscores."""
        name = str(value).replace("-", "_")
        if name not in operations():
            self.fail(str(unknown("operation", str(value), operations())), param, ctx)
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


class ByteSize(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A number of bytes, such as 4GB or 512MiB."""

    name = "bytes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        import pydantic  # noqa: PLC0415  takes a tenth of a second to import

        try:
            return int(pydantic.TypeAdapter(pydantic.ByteSize).validate_python(value))
        except pydantic.ValidationError:
            self.fail(f"'{value}' is not a number of bytes; write 4GB or 512MiB", param, ctx)
