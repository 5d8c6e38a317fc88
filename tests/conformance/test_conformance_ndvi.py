"""Every backend gives the right pixels of ndvi on every awkward raster."""

from pathlib import Path

import pytest

from awkward import Case, Made
from backends_here import each_backend
from judging import judge, xfail_on_gap
from ndvi_cases import CASES
from rasterbout.contract import Backend, Session


@pytest.mark.parametrize("case", list(CASES), ids=str)
@each_backend
def test_ndvi(backend: Backend, session: Session, case: Case, made: Made, tmp_path: Path) -> None:
    operation = made("ndvi", case)
    xfail_on_gap(backend, operation)
    judge(session, operation, tmp_path / "out.tif")
