"""How a result is judged: by the contract, by the oracle, and by what lies in its folder."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning

from rasterbout.contract import Backend, Layout, Output, Session, perform
from rasterbout.operations.operation import Operation
from rasterbout.verify import require_usable, verify


def xfail_on_gap(backend: Backend, operation: Operation) -> None:
    """End the test as an expected failure where the backend declares that it cannot do this."""
    reason = backend.unsupported(operation)
    if reason is not None:
        assert reason.strip(), "a gap without a reason"
        pytest.xfail(reason)


def judge(session: Session, operation: Operation, path: Path, layout: Layout | None = None) -> None:
    """Perform ``operation``, and hold what it left against the contract and the oracle."""
    layout = layout or Layout()
    before = _names(operation, path)
    perform(session, operation, Output(path=path, layout=layout))
    assert _names(operation, path) == before | {path}, "a backend leaves its output, and nothing else"
    require_usable(operation, path, layout)
    verdict = verify(operation, path)
    assert verdict.right, f"{verdict.problem} ({verdict.pixels_compared} compared, largest error {verdict.max_error:g})"
    assert verdict.pixels_compared > 0


def _names(operation: Operation, path: Path) -> set[Path]:
    folders = {path.parent, *(raster.path.parent for raster in operation.inputs)}
    return {name for folder in folders for name in folder.iterdir()}


def pixels_of(path: Path) -> NDArray[np.float32]:
    """Return all bands (bands, rows, columns)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as file:
            return file.read()
