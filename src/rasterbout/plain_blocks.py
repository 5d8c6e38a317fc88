"""Uncompressed TIFF blocks, read and written in place.

Access bypasses GDAL's decoder, block cache and locks, so any number of threads may share a file.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rasterbout.raster import Band
from rasterbout.tiff import Directory


@dataclass(frozen=True)
class PlainBlocks:
    """An open file and the offset of each block in it; int64, shape (blocks down, blocks across)."""

    path: Path
    file: int
    offsets: NDArray[np.int64]

    def write(self, block: tuple[int, int], skip_bytes: int, pixels: NDArray[Any]) -> None:
        """Write the items of an array contiguously, starting ``skip_bytes`` after the beginning of a block."""
        data, offset = pixels.reshape(-1).view(np.uint8).data, int(self.offsets[block]) + skip_bytes
        while data:  # a nearly full disk may accept only a part
            written = os.pwrite(self.file, data, offset)
            data, offset = data[written:], offset + written


def is_plain(band: Band) -> bool:
    """Whether each block of ``band`` is stored as numpy holds it in memory, without other bands."""
    raster = band.raster
    if raster.driver != "GTiff" or raster.compression != "none":
        return False
    directory = Directory(raster.path)
    if not directory.native or (raster.count > 1 and not directory.separate):
        return False
    lengths = directory.lengths.reshape(raster.count, -1)[band.index - 1]
    return np.array_equal(lengths, _bytes_of_blocks(band)) and directory.unwritten == 0


@contextmanager
def opened(band: Band) -> Iterator[PlainBlocks]:
    """Open the blocks of a band for which `is_plain` holds."""
    raster = band.raster
    offsets = Directory(raster.path).offsets.reshape(raster.count, *_blocks(band))[band.index - 1]
    with raster.path.open("rb", buffering=0) as file:
        yield PlainBlocks(raster.path, file.fileno(), offsets)


@contextmanager
def opened_to_write(path: Path, blocks: tuple[int, int]) -> Iterator[PlainBlocks]:
    """Open a file for writing; its ``blocks`` (down, across) are allocated and hold all bands each."""
    with path.open("r+b", buffering=0) as file:
        yield PlainBlocks(path, file.fileno(), Directory(path).offsets.reshape(blocks))


def _blocks(band: Band) -> tuple[int, int]:
    rows, columns = band.raster.block_shape
    height, width = band.raster.grid.shape
    return -(-height // rows), -(-width // columns)


def _bytes_of_blocks(band: Band) -> NDArray[np.int64]:
    """Return the length of each block in bytes, row by row; tiles are always whole, the last strip may be shorter."""
    rows, columns = band.raster.block_shape
    height, width = band.raster.grid.shape
    down, across = _blocks(band)
    heights = np.full(down, rows)
    if columns == width:
        heights[-1] = height - (down - 1) * rows
    return np.repeat(heights, across) * columns * np.dtype(band.raster.dtype).itemsize
