"""Names that a shell, a URL or a tool's own syntax would read as something else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backends_here import each_backend
from judging import judge, xfail_on_gap
from ndvi_cases import pair, reflectances
from rasterbout.contract import Backend, Session
from rasterbout.errors import BadInput
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.operations.superimpose import Resampling, Superimpose
from superimpose_cases import finer

ALL_AT_ONCE = 'it\'s "here" & là, Zürich 東京'
NAMES = (
    "with spaces", "it's", 'say "ndvi"', "red & nir", "Zürich 東京", "100% #1", "[1]", "$HOME", "a;b", "10:58",
    "back\\slash", "-dash", "~tilde", "{x}", "*",
)  # fmt: skip

OPTIONS_BEGIN_HERE = ("why?", "a?&b=c")  # in what OTB takes for a file name


def ndvi(folder: Path) -> Ndvi:
    return pair(folder, *reflectances("path", (30, 40)), nodata=0)


OPERATIONS: dict[str, Callable[[Path], Operation]] = {
    "ndvi": ndvi,
    "downscale": lambda folder: Downscale(source=ndvi(folder).red.raster, factor=10),
    "mean_ndvi": lambda folder: MeanNdvi(red=ndvi(folder).red, nir=ndvi(folder).nir, factor=3),
    "superimpose": lambda folder: _superimpose(ndvi(folder)),
}


def _superimpose(ndvi: Ndvi) -> Superimpose:
    moving = ndvi.red.raster
    return Superimpose(moving=moving, onto=finer(moving.grid, (2, 2)), resampling=Resampling.CUBIC)


@pytest.mark.parametrize("name", NAMES)
@each_backend
def test_path(backend: Backend, session: Session, name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    operation = ndvi(folder)
    xfail_on_gap(backend, operation)
    judge(session, operation, folder / f"{name}.tif")


@pytest.mark.parametrize("name", OPTIONS_BEGIN_HERE)
@each_backend
def test_path_with_a_question_mark(backend: Backend, session: Session, name: str, tmp_path: Path) -> None:
    """Right, or refused by name: never another file than the one asked for."""
    folder = tmp_path / name
    folder.mkdir()
    operation = ndvi(folder)
    xfail_on_gap(backend, operation)
    try:
        judge(session, operation, folder / f"{name}.tif")
    except BadInput as error:
        assert str(folder) in str(error)  # noqa: PT017
        assert {path.name for path in tmp_path.iterdir()} == {name}
        assert {path.name for path in folder.iterdir()} == {"red.tif", "nir.tif"}


@pytest.mark.parametrize("name", list(OPERATIONS))
@each_backend
def test_path_of_every_operation(backend: Backend, session: Session, name: str, tmp_path: Path) -> None:
    folder = tmp_path / ALL_AT_ONCE
    folder.mkdir()
    operation = OPERATIONS[name](folder)
    xfail_on_gap(backend, operation)
    judge(session, operation, folder / f"{ALL_AT_ONCE}.tif")
