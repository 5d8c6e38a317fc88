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


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A duration in seconds, such as 90s, 5m or 1h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        if isinstance(value, float):
            return value
        import pandas as pd  # noqa: PLC0415  takes half a second to import

        try:
            seconds = float(pd.Timedelta(value).total_seconds())
        except ValueError:
            seconds = 0.0
        if seconds <= 0 or str(value).isdecimal():
            self.fail(f"'{value}' is not a duration; write 90s, 5m or 1h", param, ctx)
        return seconds


class Percent(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A percentage, such as 5%, as a fraction."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the fraction."""
        if isinstance(value, float):
            return value
        try:
            fraction = float(str(value).removesuffix("%")) / 100
        except ValueError:
            fraction = 0.0
        if not 0 < fraction < 1:
            self.fail(f"'{value}' is not a percentage between 0 and 100; write 5%", param, ctx)
        return fraction


class OperationGroup(click.Group):
    """A group of commands named after the operations, with dashes or underscores."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of an operation."""
        return super().get_command(ctx, cmd_name.replace("_", "-"))
