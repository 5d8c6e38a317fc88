"""Convert operations to and from JSON; the receiving process reads the headers again."""

from enum import Enum
from typing import Any

from rasterbout.grid import Grid
from rasterbout.header import read_header
from rasterbout.operations.fields import Field, fields_of
from rasterbout.operations.operation import Operation
from rasterbout.operations.registry import operation_class
from rasterbout.raster import Band, Raster

Json = dict[str, Any]


def operation_to_json(operation: Operation) -> Json:
    """Return ``operation`` as a JSON object: its name, and its fields by name."""
    names = (one.name for one in fields_of(type(operation)))
    values = zip(names, operation.values, strict=True)
    return {"name": operation.name, **{name: _to_json(value) for name, value in values}}


def operation_from_json(message: Json) -> Operation:
    """Return the operation that `operation_to_json` described.

    Raises
    ------
    BadInput
        A file was removed or changed since, or the operation is unknown.
    """
    operation = operation_class(message["name"])
    return operation(**{one.name: _from_json(one, message[one.name]) for one in fields_of(operation)})


def _to_json(value: Any) -> Any:
    match value:
        case Band():
            return {"path": str(value.raster.path), "index": value.index}
        case Raster():
            return str(value.path)
        case Grid():
            return value.as_json()
        case Enum():
            return value.value
    return value


def _from_json(one: Field, message: Any) -> Any:
    if one.kind is Band:
        return Band(raster=read_header(message["path"]), index=message["index"])
    if one.kind is Raster:
        return read_header(message)
    if one.kind is Grid:
        return Grid.from_json(message)
    return one.kind(message)
