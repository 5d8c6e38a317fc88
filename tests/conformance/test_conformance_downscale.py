"""Every backend gives the right pixels of downscale on every awkward raster."""

from pathlib import Path

import pytest

from awkward import Case, Made
from backends_here import each_backend
from downscale_cases import CASES
from judging import judge, xfail_on_gap
from rasterbout.contract import Backend, Session


@pytest.mark.parametrize("case", list(CASES), ids=str)
@each_backend
def test_downscale(backend: Backend, session: Session, case: Case, made: Made, tmp_path: Path) -> None:
    operation = made("downscale", case)
    xfail_on_gap(backend, operation)
    judge(session, operation, tmp_path / "out.tif")
