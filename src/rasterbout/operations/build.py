"""Build operations from named inputs and parameters."""

from collections.abc import Collection, Mapping
from typing import Any

from rasterbout.errors import BadInput
from rasterbout.grid import Grid
from rasterbout.operations.fields import Field, fields_of
from rasterbout.operations.operation import Operation
from rasterbout.raster import Band, Raster

Inputs = Mapping[str, Band | Raster]
"""Rasters and bands by role, such as red, nir, source, moving or reference."""


def missing_roles(operation: type[Operation], roles: Collection[str]) -> list[str]:
    """Return the inputs of an operation that are not among ``roles``."""
    return [one.role for one in fields_of(operation) if one.is_input and one.role not in roles]


def missing_parameters(operation: type[Operation], given: Mapping[str, Any]) -> list[str]:
    """Return the parameters of an operation that have no default and are not given."""
    required = (one.name for one in fields_of(operation) if not one.is_input and one.is_required)
    return [name for name in required if given.get(name) is None]


def build(operation: type[Operation], inputs: Inputs, parameters: Mapping[str, Any]) -> Operation:
    """Return an operation on the ``inputs`` that it reads.

    Parameters
    ----------
    parameters
        Values by name; None selects the operation's default, parameters of other operations are ignored.

    Raises
    ------
    BadInput
        An input or a parameter is missing or impossible, or the inputs do not fit together.
    """
    missing = [*missing_roles(operation, inputs), *missing_parameters(operation, parameters)]
    if missing:
        options = " and ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise BadInput(f"{operation.name} needs {options}")
    values = {}
    for one in fields_of(operation):
        if one.is_input:
            values[one.name] = _as_kind(one, inputs[one.role])
        elif parameters.get(one.name) is not None:
            values[one.name] = one.kind(parameters[one.name])
    return operation(**values)


def _as_kind(one: Field, given: Band | Raster) -> Band | Raster | Grid:
    raster = given.raster if isinstance(given, Band) else given
    if one.kind is Grid:
        return raster.grid
    if one.kind is Band:
        return given if isinstance(given, Band) else Band(raster=given)
    return raster
