"""The oracle against the same meaning computed pixel by pixel, on every awkward case."""

import numpy as np
import pytest

import downscale_cases
import mean_ndvi_cases
import ndvi_cases
import superimpose_cases
from awkward import Case, Made
from rasterbout.operations.operation import Operation
from rasterbout.oracle import Expected, oracle_for
from rasterbout.window import Window
from slow_truth import slow_truth

ALL = [
    pytest.param(name, case, id=f"{name}-{case}")
    for name, cases in (
        ("ndvi", ndvi_cases.CASES),
        ("downscale", downscale_cases.CASES),
        ("mean_ndvi", mean_ndvi_cases.CASES),
        ("superimpose", superimpose_cases.CASES),
    )
    for case in cases
    if "larger-than-a-tile" not in case.name  # too slow in plain Python
]


@pytest.mark.parametrize(("name", "case"), ALL)
def test_oracle(made: Made, name: str, case: Case) -> None:
    operation = made(name, case)
    assert operation.name == name
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
