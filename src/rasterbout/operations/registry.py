"""The operations by name, of this package and of other distributions.

This is the only list of operations; all others derive from it.
"""

import inspect
import logging
from functools import cache
from importlib.metadata import EntryPoint

from rasterbout.errors import BadInput
from rasterbout.operations.fields import fields_of
from rasterbout.operations.operation import Operation
from rasterbout.plugins import announced, load, only_class, unknown

GROUP = "rasterbout.operations"
BUILT_IN = ("ndvi", "downscale", "mean_ndvi", "superimpose")
"""Modules of `rasterbout.operations`, in display order."""

log = logging.getLogger("rasterbout")


@cache
def operations() -> dict[str, type[Operation]]:
    """Return all operations by name; unusable ones of other distributions are left out with a warning."""
    found = {name: _load(name, f"rasterbout.operations.{name}") for name in BUILT_IN}
    for name, point in sorted(announced(GROUP).items()):
        if name in found:
            log.warning("operation %s of %s is left out: the name is already taken", name, point.value)
            continue
        try:
            found[name] = _load(name, point)
        except (ImportError, AttributeError, TypeError, BadInput) as error:
            log.warning("operation %s of %s is left out: %s; repair or uninstall it", name, point.value, error)
    return found


def operation_class(name: str) -> type[Operation]:
    """Return the class of an operation.

    Raises
    ------
    BadInput
        The name is unknown.
    """
    found = operations().get(name)
    if found is None:
        raise unknown("operation", name, operations())
    return found


def summary(operation: type[Operation]) -> str:
    """Return the first line of an operation's docstring."""
    return (inspect.getdoc(operation) or operation.name).splitlines()[0]


def _load(name: str, source: str | EntryPoint) -> type[Operation]:
    found = only_class(load(source), Operation)  # type: ignore[type-abstract]
    if found.name != name:
        raise BadInput(f"it calls itself '{found.name}'; give class and entry point the same name")
    fields_of(found)  # raises TypeError for a field that cannot be used
    return found
