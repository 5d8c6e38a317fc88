"""File names that a shell, a URL or a tool's own syntax would interpret."""

from pathlib import Path

import pytest

from rasterbout.contract import Backend, Session
from rasterbout.errors import BadInput
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.testing.case import Case, Make
from rasterbout.testing.cases.grids import finer
from rasterbout.testing.cases.pairs import pair, reflectances
from rasterbout.testing.fixtures import BackendFixtures
from rasterbout.testing.judging import judge, xfail_on_gap

ALL_AT_ONCE = 'it\'s "here" & là, Zürich 東京'
NAMES = (
    "with spaces", "it's", 'say "ndvi"', "red & nir", "Zürich 東京", "100% #1", "[1]", "$HOME", "a;b", "10:58",
    "back\\slash", "-dash", "~tilde", "{x}", "*",
)  # fmt: skip

QUESTION_MARKS = ("why?", "a?&b=c")  # OTB reads what follows as options of its extended file names


def _ndvi(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("path", (30, 40)), nodata=0)


def _superimpose(folder: Path) -> Superimpose:
    moving = _ndvi(folder).red.raster
    return Superimpose(moving=moving, onto=finer(moving.grid, (2, 2)), resampling=Resampling.CUBIC)


def _mean_ndvi(folder: Path) -> MeanNdvi:
    operation = _ndvi(folder)
    return MeanNdvi(red=operation.red, nir=operation.nir, factor=3)


MAKE: dict[str, Make] = {
    "ndvi": _ndvi,
    "downscale": lambda folder: Downscale(source=_ndvi(folder).red.raster, factor=10),
    "mean_ndvi": _mean_ndvi,
    "superimpose": _superimpose,
}


class PathChecks(BackendFixtures):
    """Reads and writes files in folders with awkward names."""

    @pytest.mark.parametrize("case", [Case("ndvi", name, _ndvi) for name in NAMES], ids=lambda case: case.name)
    def test_path(self, backend: Backend, session: Session, case: Case, tmp_path: Path) -> None:
        """Any character of a file name is taken literally."""
        _judge_in_folder(backend, session, case, tmp_path)

    @pytest.mark.parametrize("case", [Case("ndvi", name, _ndvi) for name in QUESTION_MARKS], ids=lambda case: case.name)
    def test_path_with_a_question_mark(self, backend: Backend, session: Session, case: Case, tmp_path: Path) -> None:
        """The result is right, or the path is refused with a message that names it; no other file is written."""
        folder = tmp_path / case.name
        try:
            _judge_in_folder(backend, session, case, tmp_path)
        except BadInput as error:
            assert str(folder) in str(error), "the refusal must name the path"  # noqa: PT017
            assert {path.name for path in tmp_path.iterdir()} == {case.name}, "files written outside the folder"
            assert {path.name for path in folder.iterdir()} == {"red.tif", "nir.tif"}, "files left in the folder"

    @pytest.mark.parametrize("case", [Case(name, ALL_AT_ONCE, make) for name, make in MAKE.items()], ids=list(MAKE))
    def test_path_of_every_operation(self, backend: Backend, session: Session, case: Case, tmp_path: Path) -> None:
        """Every operation takes paths literally."""
        _judge_in_folder(backend, session, case, tmp_path)


def _judge_in_folder(backend: Backend, session: Session, case: Case, parent: Path) -> None:
    """Judge a case of which inputs and output lie in a folder, and have a file name, of the case's name."""
    folder = parent / case.name
    folder.mkdir()
    operation = case.make(folder)
    xfail_on_gap(backend, operation)
    judge(session, case, operation, folder / f"{case.name}.tif")
