"""Every operation can be written in every layout."""

from pathlib import Path

import pytest

import downscale_cases
import mean_ndvi_cases
import ndvi_cases
import superimpose_cases
from awkward import Case, Made
from backends_here import each_backend
from judging import judge, xfail_on_gap
from rasterbout.contract import BLOCKS, COMPRESSIONS, Backend, Layout, Session

LAYOUTS = [Layout(blocks=blocks, compression=compression) for blocks in BLOCKS for compression in COMPRESSIONS]
WRITTEN = [
    ("ndvi", ndvi_cases.CASES["nodata-differs"]),
    ("downscale", downscale_cases.CASES["by-2-int16-nodata"]),
    ("mean_ndvi", mean_ndvi_cases.CASES["uint16-differences-wrap-by-2"]),
    ("superimpose", superimpose_cases.CASES["bilinear-three-bands"]),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.blocks}-{layout.compression}")
@pytest.mark.parametrize(("name", "case"), WRITTEN, ids=[name for name, _ in WRITTEN])
@each_backend
def test_layout(
    backend: Backend, session: Session, name: str, case: Case, layout: Layout, made: Made, tmp_path: Path
) -> None:
    operation = made(name, case)
    xfail_on_gap(backend, operation)
    judge(session, operation, tmp_path / "out.tif", layout)


@pytest.mark.parametrize("compression", ["none", "deflate"])
@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("ndvi", ndvi_cases.CASES["one-row"]),
        ("ndvi", ndvi_cases.CASES["larger-than-a-tile"]),
        ("downscale", downscale_cases.CASES["whole-raster"]),
        ("downscale", downscale_cases.CASES["by-2-many-strips"]),
        ("superimpose", superimpose_cases.CASES["nearest-onto-larger-than-a-tile"]),
    ],
    ids=["less-than-a-strip", "many-strips", "one-pixel", "many-strips-of-means", "many-strips-of-superimpose"],
)
@each_backend
def test_strips(
    backend: Backend, session: Session, name: str, case: Case, compression: str, made: Made, tmp_path: Path
) -> None:
    operation = made(name, case)
    xfail_on_gap(backend, operation)
    judge(session, operation, tmp_path / "out.tif", Layout(blocks="strips", compression=compression))
