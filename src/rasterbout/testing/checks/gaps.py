"""A backend declares what it cannot do, and refuses it."""

from pathlib import Path

import pytest

from rasterbout.contract import Backend, Output, Session, perform, why_not
from rasterbout.errors import Unsupported
from rasterbout.operations.fields import fields_of
from rasterbout.operations.operation import Operation
from rasterbout.operations.registry import BUILT_IN as OPERATIONS
from rasterbout.operations.registry import operations
from rasterbout.raster import Band, Raster
from rasterbout.scene import Scene
from rasterbout.testing.fixtures import BackendFixtures
from rasterbout.testing.rasters import integers, write

SCALE = 3
"""Value of parameters without a default, such as a factor."""


def plain_operation(name: str, source: Raster) -> Operation:
    """Return the operation ``name`` with ``source`` as all of its inputs."""
    fields = fields_of(operations()[name])
    inputs = {one.role: Band(raster=source) if one.kind is Band else source for one in fields if one.is_input}
    required = {one.name: SCALE for one in fields if not one.is_input and one.is_required}
    return Scene(name="plain", inputs=inputs, defaults=required).operation(name)


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
