"""A small picture of the input, the result and its errors, for people to inspect."""

from pathlib import Path

import numpy as np

from rasterbout.error_map import ErrorMap, cell_edge
from rasterbout.header import read_header
from rasterbout.operations.operation import Operation
from rasterbout.oracle.pixels import Pixels
from rasterbout.raster import Raster


def save_picture(operation: Operation, result: Path, error_map: ErrorMap, file: Path) -> None:
    """Write ``file``, a compressed archive of numpy arrays, atomically: it is written beside ``result`` and moved.

    ``input`` and ``output`` are float32, shape (rows, columns), NaN where nodata: one pixel per
    cell of the first band of the first input and of the result. ``error`` is float32, with the shape of
    ``output``; see `ErrorMap`.
    """
    growing = result.with_name("picture.npz")
    np.savez_compressed(
        growing,
        input=_sampled(operation.inputs[0]),
        output=_sampled(read_header(result)),
        error=error_map.largest.astype(np.float32),
    )
    file.parent.mkdir(exist_ok=True)
    growing.replace(file)


def _sampled(raster: Raster) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    with Pixels(raster) as pixels:
        sampled: np.ndarray[tuple[int, int], np.dtype[np.float32]] = pixels.sample(cell_edge(raster.grid.shape)).astype(
            np.float32
        )
    return sampled
