"""The cases of every operation."""

from importlib import import_module

from rasterbout.operations.registry import BUILT_IN
from rasterbout.testing.case import Case, Cases

TABLES: dict[str, Cases] = {name: import_module(f"{__name__}.{name}").CASES for name in BUILT_IN}


def case(operation: str, name: str) -> Case:
    """Return one case by its operation and name."""
    return TABLES[operation][name]


__all__ = ["TABLES", "case"]
