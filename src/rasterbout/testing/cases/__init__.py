"""The cases of every operation."""

from rasterbout.testing.case import Case, Cases
from rasterbout.testing.cases import downscale, mean_ndvi, ndvi, superimpose

TABLES: dict[str, Cases] = {
    module.CASES.operation: module.CASES for module in (ndvi, downscale, mean_ndvi, superimpose)
}


def case(operation: str, name: str) -> Case:
    """Return one case by its operation and name."""
    return TABLES[operation][name]


__all__ = ["TABLES", "case"]
