"""Every operation can be written in every layout."""

from pathlib import Path

import pytest

from rasterbout.contract import BLOCKS, COMPRESSIONS, Backend, Layout, Session
from rasterbout.testing.case import Case
from rasterbout.testing.cases import case
from rasterbout.testing.fixtures import BackendFixtures
from rasterbout.testing.judging import judge, xfail_on_gap
from rasterbout.testing.made import Made

LAYOUTS = [Layout(blocks=blocks, compression=compression) for blocks in BLOCKS for compression in COMPRESSIONS]
WRITTEN = [
    case("ndvi", "nodata-differs"),
    case("downscale", "by-2-int16-nodata"),
    case("mean_ndvi", "uint16-differences-wrap-by-2"),
    case("superimpose", "bilinear-three-bands"),
]
STRIPS = [Layout(blocks="strips", compression="none"), Layout(blocks="strips", compression="deflate")]
WRITTEN_IN_STRIPS = {
    "less-than-a-strip": case("ndvi", "one-row"),
    "many-strips": case("ndvi", "larger-than-a-tile"),
    "one-pixel": case("downscale", "whole-raster"),
    "many-strips-of-means": case("downscale", "by-2-many-strips"),
    "many-strips-of-superimpose": case("superimpose", "nearest-onto-larger-than-a-tile"),
}


def _name(layout: Layout) -> str:
    return f"{layout.blocks}-{layout.compression}"


class LayoutChecks(BackendFixtures):
    """Writes results in tiles and strips, with every compression."""

    @pytest.mark.parametrize("layout", LAYOUTS, ids=_name)
    @pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case.operation)
    def test_layout(
        self, backend: Backend, session: Session, case: Case, layout: Layout, made: Made, tmp_path: Path
    ) -> None:
        """The file has the blocks and the compression asked for, and the right pixels."""
        operation = made(case)
        xfail_on_gap(backend, operation)
        judge(session, case, operation, tmp_path / "out.tif", layout)

    @pytest.mark.parametrize("layout", STRIPS, ids=_name)
    @pytest.mark.parametrize("case", WRITTEN_IN_STRIPS.values(), ids=WRITTEN_IN_STRIPS.keys())
    def test_strips(
        self, backend: Backend, session: Session, case: Case, layout: Layout, made: Made, tmp_path: Path
    ) -> None:
        """Outputs smaller than a strip, and outputs of many strips, are written whole."""
        operation = made(case)
        xfail_on_gap(backend, operation)
        judge(session, case, operation, tmp_path / "out.tif", layout)
