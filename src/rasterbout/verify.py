"""Compare a result with the oracle; times are reported only for right pixels."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError

from rasterbout.contract import Layout
from rasterbout.error_map import ErrorMap
from rasterbout.errors import BackendFailed, BadInput
from rasterbout.header import read_header
from rasterbout.operations.operation import Operation
from rasterbout.oracle import Expected, oracle_for
from rasterbout.oracle.pixels import Pixels
from rasterbout.raster import Raster
from rasterbout.tiff import Directory
from rasterbout.window import Window, cut

GRID_TOLERANCE_PX = 1e-6


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Outcome of comparing a result with the oracle.

    Attributes
    ----------
    pixels_compared, pixels_left_out, pixels_wrong
        Numbers of pixels, over all bands.
    max_error
        Largest error relative to its scale, over the compared pixels with a finite error.
    tolerance
        Largest ``max_error`` that counts as right.
    problem
        One-line description of the first problem; empty for a right result.
    error_map
        Map of the errors; None if no pixel was compared.
    """

    pixels_compared: int
    pixels_left_out: int
    pixels_wrong: int
    max_error: float
    tolerance: float
    problem: str
    error_map: ErrorMap | None = field(default=None, compare=False, repr=False)

    @property
    def right(self) -> bool:
        """Whether every compared pixel is right, and at least one was compared."""
        return not self.problem


def verify(operation: Operation, result: Path) -> Verdict:
    """Compare every pixel of ``result`` with the expected output of ``operation``, block by block.

    Raises
    ------
    BadInput
        The result, or an input, is missing or cannot be read.
    """
    raster = read_header(result)
    if problem := _wrong_header(operation, raster):
        return Verdict(
            pixels_compared=0, pixels_left_out=0, pixels_wrong=0, max_error=0.0, tolerance=0.0, problem=problem
        )
    try:
        return _compare_all(operation, raster)
    except RasterioError as error:
        raise BadInput(f"{result}: cannot compare it with its inputs: {error}; check them with gdalinfo") from error


def require_usable(operation: Operation, result: Path, layout: Layout) -> None:
    """Check that a backend left a complete file of the right grid, type and layout, without reading its pixels.

    Raises
    ------
    BackendFailed
        The file is missing or truncated, or its grid, type or layout is not the requested one.
    """
    try:
        raster = read_header(result)
    except BadInput as error:
        raise BackendFailed(f"no usable output: {error}") from error
    if problem := _wrong_header(operation, raster) or _wrong_layout(layout, raster):
        raise BackendFailed(f"{result}: {problem}")
    if unwritten := Directory(result).unwritten:
        raise BackendFailed(f"{result}: {unwritten} blocks were never written")


def _wrong_header(operation: Operation, raster: Raster) -> str:
    if not operation.grid.same_crs(raster.grid) or not operation.grid.aligned_with(raster.grid, GRID_TOLERANCE_PX):
        return f"wrong grid: {raster.grid.describe()} instead of {operation.grid.describe()}"
    if raster.count != operation.count:
        return f"{raster.count} bands instead of {operation.count}"
    if raster.dtype != "float32":
        return f"pixels are {raster.dtype} instead of float32"
    if raster.nodata is None or not np.isnan(raster.nodata):
        return f"nodata is {raster.nodata} instead of NaN"
    return _wrong_meaning(raster)


def _wrong_meaning(raster: Raster) -> str:
    """Return what makes readers see other values than those that are stored; empty if nothing does."""
    with rasterio.open(raster.path) as source:
        for band in source.indexes:
            scale, offset = source.scales[band - 1], source.offsets[band - 1]
            if (scale, offset) != (1, 0):
                return f"band {band} has the scale {scale:g} and the offset {offset:g} instead of 1 and 0"
            flags = source.mask_flag_enums[band - 1]
            if flags != [MaskFlags.nodata]:
                return f"band {band} has a mask ({', '.join(flag.name for flag in flags)}) beside its nodata"
    return ""


def _wrong_layout(layout: Layout, raster: Raster) -> str:
    if raster.driver != "GTiff":
        return f"format {raster.driver} instead of GTiff"
    blocks = layout.block_shape(raster.grid.width)
    # of a raster lower than a strip, drivers choose the strips themselves
    lower_than_a_strip = layout.blocks == "strips" and raster.grid.height < blocks[0]
    if raster.block_shape != blocks and not (lower_than_a_strip and raster.block_shape[1] == blocks[1]):
        return f"blocks of {raster.block_shape} rows and columns instead of {blocks}"
    if raster.compression != layout.compression:
        return f"compression {raster.compression} instead of {layout.compression}"
    return ""


def _compare_all(operation: Operation, raster: Raster) -> Verdict:
    """Compare all windows, distributed over one thread per core."""
    with oracle_for(operation) as oracle:
        windows = list(cut(raster.grid.shape, oracle.piece))
        tolerance = oracle.tolerance
    cores = len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(cores) as threads:
        shares = (windows[core::cores] for core in range(cores))
        tallies = list(threads.map(lambda share: _compare(operation, raster, share), shares))
    return _verdict(tallies, tolerance)


def _compare(operation: Operation, raster: Raster, windows: list[Window]) -> "_Tally":
    bands = list(range(1, raster.count + 1))
    tally = _Tally(ErrorMap(raster.grid.shape))
    with oracle_for(operation) as oracle, Pixels(raster) as pixels:
        for window in windows:
            tally.add(window, pixels.read(window, bands), oracle.expected(window), oracle.tolerance)
    return tally


@dataclass
class _Tally:
    """Accumulates the comparison over some windows of a result."""

    error_map: ErrorMap
    compared: int = 0
    left_out: int = 0
    wrong: int = 0
    max_error: float = 0.0
    first_wrong: tuple[Window, str] | None = None

    def add(self, window: Window, got: NDArray[np.float64], expected: Expected, tolerance: float) -> None:
        defined = expected.defined
        error = _relative_error(got, expected)
        wrong = defined & ~(error <= tolerance)
        finite = defined & np.isfinite(error)
        compared = int(np.count_nonzero(defined))
        self.compared += compared
        self.left_out += defined.size - compared
        self.wrong += int(np.count_nonzero(wrong))
        self.max_error = max(self.max_error, float(error[finite].max(initial=0.0)))
        self.error_map.add(window, error, defined)
        if wrong.any() and self.first_wrong is None:
            self.first_wrong = window, _first(wrong, window, got, expected)


def _verdict(tallies: list[_Tally], tolerance: float) -> Verdict:
    compared, wrong = (sum(tally.compared for tally in tallies), sum(tally.wrong for tally in tallies))
    max_error = max(tally.max_error for tally in tallies)
    firsts = [tally.first_wrong for tally in tallies if tally.first_wrong is not None]
    error_map, *others = (tally.error_map for tally in tallies)
    for other in others:
        error_map.merge(other)
    problem = ""
    if firsts:
        _, first = min(firsts, key=lambda found: (found[0].row, found[0].column))
        far = f", by up to {max_error:.3g} where {tolerance:.1g} is allowed" if max_error > tolerance else ""
        problem = f"{wrong} of {compared} pixels are wrong{far}, the first at {first}"
    elif not compared:
        problem = "nothing to compare: no pixel is well defined; choose a larger raster or nearest"
    return Verdict(
        pixels_compared=compared,
        pixels_left_out=sum(tally.left_out for tally in tallies),
        pixels_wrong=wrong,
        max_error=max_error,
        tolerance=tolerance,
        problem=problem,
        error_map=error_map,
    )


def _relative_error(got: NDArray[np.float64], expected: Expected) -> NDArray[np.float64]:
    """Return |got - want| / scale: 0 where both are NaN, NaN where only one is."""
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(got - expected.values) / expected.scale
        same = got == expected.values.astype(np.float32)
    error[same | (np.isnan(got) & np.isnan(expected.values))] = 0.0
    return error


def _first(wrong: NDArray[np.bool_], window: Window, got: NDArray[np.float64], expected: Expected) -> str:
    band, row, column = (int(index) for index in np.unravel_index(np.argmax(wrong), wrong.shape))
    return (
        f"band {band + 1}, row {window.row + row}, column {window.column + column}: "
        f"{got[band, row, column]:.9g} instead of {expected.values[band, row, column]:.9g}"
    )
