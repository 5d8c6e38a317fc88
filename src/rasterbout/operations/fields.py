"""The fields of an operation, from which JSON, command line options and keys are derived."""

from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any, get_type_hints

from rasterbout.grid import Grid
from rasterbout.raster import Band, Raster

INPUTS = (Band, Raster, Grid)
SCALARS = (bool, int, float, str)


@dataclass(frozen=True)
class Field:
    """One field of an operation.

    Attributes
    ----------
    kind
        `Band`, `Raster`, `Grid`, `bool`, `int`, `float`, `str`, or a subclass of `StrEnum`.
    role
        Name of the input from which it is made; empty for a parameter.
    default
        Default value, `dataclasses.MISSING` if there is none.
    """

    name: str
    kind: type
    role: str
    help: str
    default: Any

    @property
    def is_input(self) -> bool:
        """Whether it is made from a raster file."""
        return bool(self.role)

    @property
    def is_required(self) -> bool:
        """Whether it has no default."""
        return self.default is MISSING


@cache
def fields_of(operation: type) -> tuple[Field, ...]:
    """Return the fields of an operation's class, in their order.

    Raises
    ------
    TypeError
        A field has a type that cannot be passed to other processes.
    """
    hints = get_type_hints(operation)
    return tuple(_field(operation, one.name, hints[one.name], one.metadata, one.default) for one in fields(operation))


def _field(operation: type, name: str, kind: type, metadata: Any, default: Any) -> Field:
    known = isinstance(kind, type) and (kind in (*INPUTS, *SCALARS) or issubclass(kind, StrEnum))
    if not known:
        names = ", ".join(one.__name__ for one in (*INPUTS, *SCALARS, StrEnum))
        raise TypeError(f"{operation.__name__}.{name}: type {kind} is not supported; use one of {names}")
    is_input = kind in INPUTS
    return Field(name, kind, metadata.get("role", name) if is_input else "", metadata.get("help", ""), default)
