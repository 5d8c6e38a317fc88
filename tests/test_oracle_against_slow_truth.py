"""The oracle against the same meaning computed pixel by pixel, on every awkward case."""

import numpy as np
import pytest

from rasterbout.operations.operation import Operation
from rasterbout.oracle import Expected, oracle_for
from rasterbout.testing.case import Case
from rasterbout.testing.cases import TABLES
from rasterbout.testing.made import Made
from rasterbout.window import Window
from slow_truth import slow_truth

pytestmark = pytest.mark.slow

ALL = [
    case
    for table in TABLES.values()
    for case in table
    if "larger-than-a-tile" not in case.name  # too slow in plain Python
]


@pytest.mark.parametrize("case", ALL, ids=str)
def test_oracle(made: Made, case: Case) -> None:
    operation = made(case)
    assert operation.name == case.operation
    values, defined = slow_truth(operation)
    expected = _whole(operation)
    np.testing.assert_array_equal(expected.defined, defined)
    assert defined.any()
    error = np.abs(expected.values - values)[defined] / expected.scale[defined]
    np.testing.assert_array_equal(np.isnan(expected.values)[defined], np.isnan(values)[defined])
    assert np.nanmax(error, initial=0) < 1e-12


def _whole(operation: Operation) -> Expected:
    with oracle_for(operation) as oracle:
        return oracle.expected(Window(0, 0, operation.grid.height, operation.grid.width))
