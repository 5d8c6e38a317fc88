"""A session serves many operations, survives a failed one, and leaves nothing behind."""

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

import downscale_cases
import ndvi_cases
import superimpose_cases
from awkward import Case, Made
from backends_here import each_backend
from judging import judge, pixels_of, xfail_on_gap
from rasterbout.contract import Backend, Output, Session, perform
from rasterbout.resources import Resources

LASTING_HELPERS = ("resource_tracker", "forkserver")  # of Python's multiprocessing: one each, until the end


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("ndvi", ndvi_cases.CASES["nodata-differs"]),
        ("downscale", downscale_cases.CASES["by-7-float32-nodata-and-nan"]),
        ("superimpose", superimpose_cases.CASES["cubic-int16-holes"]),
    ],
    ids=["ndvi", "downscale", "superimpose"],
)
@each_backend
def test_again_gives_the_same(
    backend: Backend, session: Session, name: str, case: Case, made: Made, tmp_path: Path
) -> None:
    operation = made(name, case)
    xfail_on_gap(backend, operation)
    judge(session, operation, tmp_path / "first.tif")
    judge(session, operation, tmp_path / "second.tif")
    np.testing.assert_array_equal(pixels_of(tmp_path / "first.tif"), pixels_of(tmp_path / "second.tif"))


@each_backend
def test_a_result_that_is_there_already_is_replaced(
    backend: Backend, session: Session, made: Made, tmp_path: Path
) -> None:
    for name, case in (
        ("superimpose", superimpose_cases.CASES["cubic-int16-holes"]),
        ("ndvi", ndvi_cases.CASES["nodata-differs"]),
        ("downscale", downscale_cases.CASES["by-7-float32-nodata-and-nan"]),
        ("ndvi", ndvi_cases.CASES["nodata-in-both"]),
    ):
        operation = made(name, case)
        xfail_on_gap(backend, operation)
        judge(session, operation, tmp_path / "out.tif")


@each_backend
def test_survives_an_output_that_cannot_be_written(
    backend: Backend, session: Session, made: Made, tmp_path: Path
) -> None:
    operation = made("ndvi", ndvi_cases.CASES["nodata-in-both"])
    xfail_on_gap(backend, operation)
    with pytest.raises(Exception, match=r"."):
        perform(session, operation, Output(path=tmp_path / "missing" / "out.tif"))
    assert not list(tmp_path.iterdir())
    judge(session, operation, tmp_path / "out.tif")


@each_backend
def test_survives_an_input_that_vanished(backend: Backend, session: Session, tmp_path: Path) -> None:
    operation = ndvi_cases.pair(tmp_path, *ndvi_cases.reflectances("vanishes", (30, 40)))
    xfail_on_gap(backend, operation)
    hidden = operation.nir.raster.path.rename(tmp_path / "hidden.tif")
    with pytest.raises(Exception, match=r"."):
        perform(session, operation, Output(path=tmp_path / "out.tif"))
    hidden.rename(operation.nir.raster.path)
    judge(session, operation, tmp_path / "again.tif")


@each_backend
def test_closing_leaves_nothing_behind(backend: Backend, made: Made, tmp_path: Path) -> None:
    operation = made("ndvi", ndvi_cases.CASES["tiles-of-16"])
    xfail_on_gap(backend, operation)
    environment, folder, children = dict(os.environ), Path.cwd(), _children()
    with backend.open(Resources(workers=2, chunk=64)) as session:
        judge(session, operation, tmp_path / "out.tif")
    assert dict(os.environ) == environment
    assert Path.cwd() == folder
    _, alive = psutil.wait_procs(_children() - children, timeout=60)
    assert not alive


@each_backend
def test_error_inside_a_session_comes_out(backend: Backend) -> None:
    children = _children()
    with pytest.raises(ZeroDivisionError), backend.open(Resources()):
        raise ZeroDivisionError
    _, alive = psutil.wait_procs(_children() - children, timeout=60)
    assert not alive


def _children() -> set[psutil.Process]:
    return {child for child in psutil.Process().children(recursive=True) if not _lasts(child)}


def _lasts(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any(helper in " ".join(process.cmdline()) for helper in LASTING_HELPERS)
    return True
