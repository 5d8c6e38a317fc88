"""Judges the result of a check: against the contract, against the oracle, and by what it left in its folder."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning

from rasterbout.contract import Backend, Layout, Output, Session, perform, why_not
from rasterbout.errors import BackendFailed
from rasterbout.operations.operation import Operation
from rasterbout.testing.case import Case
from rasterbout.verify import require_usable, verify


def xfail_on_gap(backend: Backend, operation: Operation) -> None:
    """End the check as an expected failure if the backend declares that it cannot do ``operation``."""
    reason = why_not(backend, operation)
    if reason is not None:
        assert reason.strip(), "Backend.unsupported returned an empty reason; return None or say why"
        pytest.xfail(reason)


def judge(session: Session, case: Case, operation: Operation, path: Path, layout: Layout | None = None) -> None:
    """Perform ``operation``, which ``case`` names, and fail with what is wrong with its result."""
    __tracebackhide__ = True
    layout = layout or Layout()
    where = _where(case, operation, path, layout)
    before = _names(operation, path)
    try:
        perform(session, operation, Output(path=path, layout=layout))
    except Exception as error:
        error.add_note(f"raised by {case.title}\n{where}")
        raise
    if left := _names(operation, path) - before - {path}:
        pytest.fail(f"{case.title}: files left beside the output: {', '.join(sorted(map(str, left)))}\n{where}")
    if gone := before - _names(operation, path):
        pytest.fail(f"{case.title}: files removed: {', '.join(sorted(map(str, gone)))}\n{where}")
    try:
        require_usable(operation, path, layout)
    except BackendFailed as error:
        pytest.fail(f"{case.title}: {error}\n{where}")
    verdict = verify(operation, path)
    if not verdict.right:
        pytest.fail(f"{case.title}: {verdict.problem}\n{where}")


def _where(case: Case, operation: Operation, path: Path, layout: Layout) -> str:
    """Describe a check so that it can be repeated by hand."""
    grid = operation.grid
    inputs = ", ".join(f"{raster.path} ({raster.dtype}, nodata {raster.nodata})" for raster in operation.inputs)
    lines = [
        f"  about the case: {case.make.__doc__}" if case.make.__doc__ else "",
        f"  inputs: {inputs}",
        f"  output: {path} ({grid.width} x {grid.height}, {layout.blocks}, compression {layout.compression})",
    ]
    return "\n".join(filter(None, lines))


def _names(operation: Operation, path: Path) -> set[Path]:
    folders = {path.parent, *(raster.path.parent for raster in operation.inputs)}
    return {name for folder in folders for name in folder.iterdir()}


def pixels_of(path: Path) -> NDArray[np.float32]:
    """Return all bands (bands, rows, columns)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as file:
            pixels: NDArray[np.float32] = file.read()
            return pixels
