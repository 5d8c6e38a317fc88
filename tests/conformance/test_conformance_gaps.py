"""What a backend cannot do it declares, with a reason; the five complete ones declare nothing."""

from pathlib import Path

import pytest

from backends_here import COMPLETE, REQUIRED, each_backend
from rasterbout.contract import Backend, Output, Session, perform
from rasterbout.errors import BadInput, Unsupported
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.operations.registry import BUILT_IN as OPERATIONS
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band, Raster
from rasterbout.registry import backend_names, load_backend
from rasters import integers, write

DTYPES = ("uint8", "int16", "uint16", "float32")


def operation_of(name: str, source: Raster) -> Operation:
    band = Band(raster=source)
    return {
        "ndvi": lambda: Ndvi(red=band, nir=band),
        "downscale": lambda: Downscale(source=source, factor=3),
        "mean_ndvi": lambda: MeanNdvi(red=band, nir=band, factor=3),
        "superimpose": lambda: Superimpose(moving=source, onto=source.grid, resampling=Resampling.CUBIC),
    }[name]()


@pytest.fixture
def source(tmp_path: Path, dtype: str) -> Raster:
    return write(tmp_path / "a.tif", integers("gaps", "uint8", (20, 30)).astype(dtype), nodata=0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", COMPLETE)
def test_complete_backend_declares_no_gap(name: str, operation: str, source: Raster) -> None:
    assert load_backend(name).unsupported(operation_of(operation, source)) is None


@pytest.mark.parametrize("dtype", ["int16"])
@pytest.mark.parametrize("operation", OPERATIONS)
@each_backend
def test_declared_gap_has_a_reason(
    backend: Backend, session: Session, operation: str, source: Raster, tmp_path: Path
) -> None:
    wanted = operation_of(operation, source)
    reason = backend.unsupported(wanted)
    if reason is None:
        return
    assert reason.strip()
    with pytest.raises(Unsupported):
        perform(session, wanted, Output(path=tmp_path / "out.tif"))
    assert not (tmp_path / "out.tif").exists()


def test_complete_backends_are_registered() -> None:
    assert set(COMPLETE) <= set(backend_names())
    assert backend_names() == sorted(set(backend_names()))


def test_required_backends_are_registered() -> None:
    assert set(backend_names()) >= REQUIRED


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("otb-pyton", "otb-python"), ("rasterio_windows", "rasterio-windows"), ("dask-map-block", "dask-map-blocks")],
)
def test_unknown_backend_suggests_a_name(asked: str, meant: str) -> None:
    with pytest.raises(BadInput, match=meant) as caught:
        load_backend(asked)
    assert asked in str(caught.value)
