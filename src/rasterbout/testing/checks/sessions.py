"""A session serves many operations, survives a failed one, and leaves nothing behind."""

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from rasterbout.contract import Backend, Output, Session, perform, why_not
from rasterbout.resources import Resources
from rasterbout.testing.case import Case
from rasterbout.testing.cases import case
from rasterbout.testing.cases.pairs import pair, reflectances
from rasterbout.testing.fixtures import BackendFixtures
from rasterbout.testing.judging import judge, pixels_of, xfail_on_gap
from rasterbout.testing.made import Made

LASTING_HELPERS = ("resource_tracker", "forkserver")  # Python's multiprocessing keeps one of each until it exits
REPEATED = [
    case("ndvi", "nodata-differs"),
    case("downscale", "by-7-float32-nodata-and-nan"),
    case("superimpose", "cubic-int16-holes"),
]
VANISHES = Case("ndvi", "input-vanishes", lambda folder: pair(folder, *reflectances("vanishes", (30, 40))))


class SessionChecks(BackendFixtures):
    """Uses one session again and again, also after failures, and closes it."""

    @pytest.mark.parametrize("case", REPEATED, ids=lambda case: case.operation)
    def test_repeating_gives_the_same_pixels(
        self, backend: Backend, session: Session, case: Case, made: Made, tmp_path: Path
    ) -> None:
        """Two runs of an operation in one session give identical pixels."""
        operation = made(case)
        xfail_on_gap(backend, operation)
        judge(session, case, operation, tmp_path / "first.tif")
        judge(session, case, operation, tmp_path / "second.tif")
        first, second = pixels_of(tmp_path / "first.tif"), pixels_of(tmp_path / "second.tif")
        np.testing.assert_array_equal(first, second, f"{case.title}: the second run differs from the first")

    def test_existing_output_is_replaced(self, backend: Backend, session: Session, made: Made, tmp_path: Path) -> None:
        """An output file that exists is replaced, also by one of another size."""
        done = 0
        for replacing in (*reversed(REPEATED), case("ndvi", "nodata-in-both")):
            operation = made(replacing)
            if why_not(backend, operation) is None:
                judge(session, replacing, operation, tmp_path / "out.tif")
                done += 1
        if done < 2:
            pytest.xfail("the backend declares gaps for all but one of these operations")

    def test_survives_an_output_that_cannot_be_written(
        self, backend: Backend, session: Session, made: Made, tmp_path: Path
    ) -> None:
        """Writing into a missing folder raises, creates nothing, and leaves the session usable."""
        both = case("ndvi", "nodata-in-both")
        operation = made(both)
        xfail_on_gap(backend, operation)
        with pytest.raises(Exception, match=r"."):
            perform(session, operation, Output(path=tmp_path / "missing" / "out.tif"))
        assert not list(tmp_path.iterdir()), "the failed operation created files"
        judge(session, both, operation, tmp_path / "out.tif")

    def test_survives_an_input_that_vanished(self, backend: Backend, session: Session, tmp_path: Path) -> None:
        """Reading a missing file raises, and leaves the session usable."""
        operation = VANISHES.make(tmp_path)
        xfail_on_gap(backend, operation)
        vanishing = operation.inputs[-1].path
        hidden = vanishing.rename(tmp_path / "hidden.tif")
        with pytest.raises(Exception, match=r"."):
            perform(session, operation, Output(path=tmp_path / "out.tif"))
        hidden.rename(vanishing)
        judge(session, VANISHES, operation, tmp_path / "again.tif")

    def test_closing_leaves_nothing_behind(self, backend: Backend, made: Made, tmp_path: Path) -> None:
        """After a session is closed, environment, folder and child processes are as before."""
        tiles = case("ndvi", "tiles-of-16")
        operation = made(tiles)
        xfail_on_gap(backend, operation)
        environment, folder, children = dict(os.environ), Path.cwd(), _children()
        with backend.open(Resources(workers=2, chunk=64)) as session:
            judge(session, tiles, operation, tmp_path / "out.tif")
        assert dict(os.environ) == environment, "the session changed environment variables"
        assert Path.cwd() == folder, "the session changed the working directory"
        _require_ended(_children() - children)

    def test_error_inside_a_session_propagates(self, backend: Backend) -> None:
        """An error raised while a session is open reaches the caller, and the session still closes."""
        children = _children()
        with pytest.raises(ZeroDivisionError), backend.open(Resources()):
            raise ZeroDivisionError
        _require_ended(_children() - children)


def _require_ended(started: set[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(started, timeout=60)
    assert not alive, f"processes still run 60 s after the session closed: {alive}"


def _children() -> set[psutil.Process]:
    return {child for child in psutil.Process().children(recursive=True) if not _lasts(child)}


def _lasts(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any(helper in " ".join(process.cmdline()) for helper in LASTING_HELPERS)
    return True
