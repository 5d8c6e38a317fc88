"""A backend declares what it cannot do, and refuses it."""

from pathlib import Path

import pytest

from rasterbout.contract import Backend, Output, Session, perform, why_not
from rasterbout.errors import Unsupported
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.operations.registry import BUILT_IN as OPERATIONS
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band, Raster
from rasterbout.testing.fixtures import BackendFixtures
from rasterbout.testing.rasters import integers, write


def plain_operation(name: str, source: Raster) -> Operation:
    """Return the operation ``name`` on a raster with nothing awkward about it."""
    band = Band(raster=source)
    match name:
        case "ndvi":
            return Ndvi(red=band, nir=band)
        case "downscale":
            return Downscale(source=source, factor=3)
        case "mean_ndvi":
            return MeanNdvi(red=band, nir=band, factor=3)
    return Superimpose(moving=source, onto=source.grid, resampling=Resampling.CUBIC)


def plain_source(folder: Path, dtype: str) -> Raster:
    """Write a small raster of numbers that every ``dtype`` holds."""
    return write(folder / "a.tif", integers("gaps", "uint8", (20, 30)).astype(dtype), nodata=0)


class GapChecks(BackendFixtures):
    """Asks for each operation on a plain raster, and expects a result or a refusal with a reason."""

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_declared_gap_is_refused(self, backend: Backend, session: Session, operation: str, tmp_path: Path) -> None:
        """An operation that the backend does not declare as a gap is performed; a gap raises `Unsupported`."""
        wanted = plain_operation(operation, plain_source(tmp_path, "int16"))
        out = tmp_path / "out.tif"
        reason = why_not(backend, wanted)
        if reason is None:
            perform(session, wanted, Output(path=out))
            return
        assert reason.strip(), f"Backend.unsupported returned an empty reason for {operation}; say why"
        with pytest.raises(Unsupported):
            perform(session, wanted, Output(path=out))
        assert not out.exists(), f"{operation} was refused, but wrote {out}"
