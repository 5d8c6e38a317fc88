"""Every operation gives the right pixels on every awkward raster."""

from pathlib import Path

import pytest

from rasterbout.contract import Backend, Session
from rasterbout.testing.case import Case
from rasterbout.testing.cases import TABLES
from rasterbout.testing.fixtures import BackendFixtures
from rasterbout.testing.judging import judge, xfail_on_gap
from rasterbout.testing.made import Made

ALL_CASES = [case for table in TABLES.values() for case in table]


class PixelChecks(BackendFixtures):
    """Compares every pixel of every case with the oracle."""

    @pytest.mark.parametrize("case", ALL_CASES, ids=str)
    def test_pixels(self, backend: Backend, session: Session, case: Case, made: Made, tmp_path: Path) -> None:
        """The pixels are those of the oracle."""
        operation = made(case)
        xfail_on_gap(backend, operation)
        judge(session, case, operation, tmp_path / "out.tif")
