"""A whole, usable file under the asked name, or nothing: whatever a backend does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from command_line import contents
from rasterbout.apply import apply
from rasterbout.contract import Availability, Backend, Layout, Output, Session
from rasterbout.errors import BackendFailed, BackendUnavailable, BadInput, RasterboutError, Unsupported
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.raster import Band
from rasterbout.resources import Resources
from rasterbout.testing.cases.pairs import pair, reflectances
from rasterbout.testing.rasters import write

Behaviour = Callable[[Band, Output], None]


class Fake(Backend):
    """A backend whose NDVI does what the test asks."""

    def __init__(self, behaviour: Behaviour, gap: str | None = None, *, here: bool = True) -> None:
        self._behaviour, self._gap, self._here = behaviour, gap, here

    def probe(self) -> Availability:
        return Availability(available=self._here, reason="no such tool", remedy="install it")

    def unsupported(self, operation: Operation) -> str | None:
        return self._gap

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        yield FakeSession(self._behaviour)


class FakeSession(Session):
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        self._behaviour(red, out)


def good(red: Band, out: Output) -> None:
    """Write a usable file, whatever its pixels."""
    pixels = np.full(red.raster.grid.shape, 0.5, "float32")
    write(out.path, pixels, nodata=np.nan, transform=red.raster.grid.transform, **out.layout.creation_options())


def nothing(red: Band, out: Output) -> None:
    pass


def text(red: Band, out: Output) -> None:
    out.path.write_text("Segmentation fault\n")


def half(red: Band, out: Output) -> None:
    good(red, out)
    with out.path.open("r+b") as file:
        file.truncate(out.path.stat().st_size // 2)


def wrong_type(red: Band, out: Output) -> None:
    write(out.path, np.zeros(red.raster.grid.shape, "int16"), transform=red.raster.grid.transform)


def half_and_raises(red: Band, out: Output) -> None:
    half(red, out)
    raise OSError(28, "No space left on device", str(out.path))


def leaves_more(red: Band, out: Output) -> None:
    """Write the files that GDAL may write beside its own, and fail."""
    for suffix in (".aux.xml", ".ovr", ".msk"):
        out.path.with_name(out.path.name + suffix).write_text("more")
    half_and_raises(red, out)


def several_lines(red: Band, out: Output) -> None:
    raise ValueError("one\ntwo\nthree")


FAILURES = (nothing, text, half, wrong_type, half_and_raises, leaves_more, several_lines)


@pytest.fixture
def ndvi(tmp_path: Path) -> Ndvi:
    (tmp_path / "inputs").mkdir()
    return pair(tmp_path / "inputs", *reflectances("apply", (20, 30)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def run(behaviour: Behaviour, ndvi: Ndvi, path: Path) -> None:
    apply("fake", Fake(behaviour), ndvi, path, Resources(), Layout())


@pytest.mark.parametrize(
    "name", ["out.tif", "out", "a.b.c.tif", "[1].tif", "why?.tif", "*.tif", "é 日本.tif", ".hidden"]
)
def test_a_good_file_appears_alone(ndvi: Ndvi, folder: Path, name: str) -> None:
    run(good, ndvi, folder / name)
    assert [path.name for path in folder.iterdir()] == [name]


@pytest.mark.parametrize("name", ["out.tif", "[1].tif", "*.tif", "why?.tif"])
@pytest.mark.parametrize("behaviour", FAILURES, ids=lambda behaviour: behaviour.__name__.replace("_", "-"))
def test_a_failure_leaves_nothing(ndvi: Ndvi, folder: Path, behaviour: Behaviour, name: str) -> None:
    with pytest.raises(BackendFailed) as caught:
        run(behaviour, ndvi, folder / name)
    assert caught.value.exit_status == 1
    assert contents(folder) == {}


@pytest.mark.parametrize("behaviour", FAILURES, ids=lambda behaviour: behaviour.__name__.replace("_", "-"))
def test_a_failure_keeps_the_earlier_file(ndvi: Ndvi, folder: Path, behaviour: Behaviour) -> None:
    (folder / "out.tif").write_text("earlier")
    (folder / "out.tif.aux.xml").write_text("its neighbour")
    before = contents(folder)
    with pytest.raises(BackendFailed):
        run(behaviour, ndvi, folder / "out.tif")
    assert contents(folder) == before


def test_the_earlier_file_is_replaced(ndvi: Ndvi, folder: Path) -> None:
    (folder / "out.tif").write_text("earlier")
    run(good, ndvi, folder / "out.tif")
    assert (folder / "out.tif").read_bytes()[:2] == b"II"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interruption_leaves_nothing(ndvi: Ndvi, folder: Path, error: type[BaseException]) -> None:
    def interrupted(red: Band, out: Output) -> None:
        half(red, out)
        raise error

    with pytest.raises((error, BackendFailed)):
        run(interrupted, ndvi, folder / "out.tif")
    assert contents(folder) == {}


@pytest.mark.parametrize(
    "error", [BadInput("no"), BackendFailed("no"), Unsupported("no")], ids=lambda e: type(e).__name__
)
def test_what_a_backend_says_itself_comes_through(ndvi: Ndvi, folder: Path, error: RasterboutError) -> None:
    def refuses(red: Band, out: Output) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        run(refuses, ndvi, folder / "out.tif")
    assert caught.value is error


@pytest.mark.parametrize("way", ["itself", "link", "hard-link", "relative"])
@pytest.mark.parametrize("role", ["red", "nir"])
def test_an_input_is_no_output(ndvi: Ndvi, folder: Path, role: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = getattr(ndvi, role).raster.path
    path = folder / "out.tif"
    match way:
        case "itself":
            path = source
        case "link":
            path.symlink_to(source)
        case "hard-link":
            path.hardlink_to(source)
        case "relative":
            monkeypatch.chdir(folder)
            path = Path("..") / source.parent.name / source.name
    before = source.read_bytes()
    with pytest.raises(BadInput, match=path.name):
        run(good, ndvi, path)
    assert source.read_bytes() == before


@pytest.mark.parametrize("way", ["gone/out.tif", "", "file/out.tif"])
def test_no_place_to_write(ndvi: Ndvi, folder: Path, way: str) -> None:
    (folder / "file").write_text("no folder")
    with pytest.raises(BadInput):
        run(good, ndvi, folder / way)
    assert set(contents(folder)) == {"file"}


def test_a_gap_is_refused_with_its_reason(ndvi: Ndvi, folder: Path) -> None:
    with pytest.raises(Unsupported, match="float32 is too narrow"):
        apply("fake", Fake(good, gap="float32 is too narrow"), ndvi, folder / "out.tif", Resources(), Layout())
    assert contents(folder) == {}


def test_an_absent_backend_says_how_to_get_it(ndvi: Ndvi, folder: Path) -> None:
    with pytest.raises(BackendUnavailable, match="no such tool; install it"):
        apply("fake", Fake(good, here=False), ndvi, folder / "out.tif", Resources(), Layout())
    assert contents(folder) == {}
