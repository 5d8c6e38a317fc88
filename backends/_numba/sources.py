"""The pixels of inputs, in arrays that the compiled loops take."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rasterbout import plain_blocks
from rasterbout.backends._numba import loops
from rasterbout.backends._shared import rasterio_files
from rasterbout.backends._shared.scratch import Scratch
from rasterbout.backends._shared.threads import Handles
from rasterbout.errors import BackendFailed
from rasterbout.plain_blocks import PlainBlocks
from rasterbout.raster import Band, Raster
from rasterbout.window import Window

Pixels = NDArray[Any]
Float32 = NDArray[np.float32]

READ_AS = {"uint8": "int16", "int16": "int16", "uint16": "uint16", "float32": "float32"}
"""The dtypes in which pixels are read; loops are compiled for each. Others are read as float64."""


@dataclass(frozen=True)
class Parts:
    """Pixels of a window in parts, as the loops take them."""

    arrays: tuple[Pixels, ...]
    """Of each band, shape (rows, columns): the loops read one part after the other into it."""
    files: tuple[int, ...]
    """Of each band, the file descriptor; -1 if the pixels are in the arrays already."""
    offsets: NDArray[np.int64]
    """Shape (parts, bands): where in the file the lines of a part begin; -1 if they are in the arrays already."""
    places: NDArray[np.int64]
    """int64, shape (parts, 5): row and column in the window, first column in the arrays, height and width."""


class Source(ABC):
    """The pixels of one band, or of two bands on one grid; ``kind`` is the dtype in which they are read."""

    def __init__(self, bands: Sequence[Band], scratch: Scratch) -> None:
        self.kind = _kind(bands)
        self._nodata = tuple(_nodata(band, self.kind) for band in bands)
        self._bands = bands
        self._scratch = scratch

    def fill(self, window: Window, into: Float32, corner: tuple[int, int]) -> None:
        """Write pixels, or the NDVI of two bands, into ``into`` from row and column ``corner``.

        Raises
        ------
        BackendFailed
            A file has become too short.
        """
        self._do(loops.fill, window, into, *corner)

    def add(self, window: Window, factor: int, lines: tuple[Pixels, Pixels], sums: tuple[Pixels, Pixels]) -> None:
        """Add pixels, or the NDVI of two bands, to the windows that contain them; for the arrays see `loops.add`.

        Raises
        ------
        BackendFailed
            A file has become too short.
        """
        self._do(loops.add, window, factor, lines, sums)

    def _do(self, loop: Callable[..., bool], window: Window, *arguments: Any) -> None:
        parts = self._parts(window)
        if not loop(parts.arrays, parts.files, parts.offsets, parts.places, self._nodata, *arguments):
            names = " or ".join(str(band.raster.path) for band in self._bands)
            raise BackendFailed(f"{names}: pixels of {window} are missing; did the file change during the operation?")

    @abstractmethod
    def _parts(self, window: Window) -> Parts: ...

    def _arrays(self, shape: tuple[int, int]) -> tuple[Pixels, ...]:
        return tuple(self._scratch.array(f"band {n}", shape, self.kind) for n in range(len(self._bands)))


class PlainSource(Source):
    """Blocks read directly from the file, one at a time, so that they stay in the processor's caches."""

    def __init__(self, bands: Sequence[Band], blocks: Sequence[PlainBlocks], scratch: Scratch) -> None:
        super().__init__(bands, scratch)
        self._blocks = blocks
        self._files = tuple(one.file for one in blocks)

    def _parts(self, window: Window) -> Parts:
        shape = self._bands[0].raster.block_shape
        arrays = self._arrays(shape)
        box = window.row, window.column, window.bottom, window.right
        offsets, places = loops.cut_at_blocks(
            box, shape, arrays[0].itemsize, tuple(one.offsets for one in self._blocks)
        )
        return Parts(arrays, self._files, offsets, places)


class ReadSource(Source):
    """Windows read by rasterio."""

    def __init__(self, bands: Sequence[Band], files: Handles, scratch: Scratch) -> None:
        super().__init__(bands, scratch)
        self._files = files

    def _parts(self, window: Window) -> Parts:
        arrays = self._arrays((window.height, window.width))
        for band, into in zip(self._bands, arrays, strict=True):
            self._files.of(band.raster.path).read(band.index, window=rasterio_files.block(window), out=into)
        count = len(arrays)
        return Parts(arrays, (-1,) * count, np.full((1, count), -1), np.array([[0, 0, 0, window.height, window.width]]))


@contextmanager
def opened_source(bands: Sequence[Band], scratch: Scratch) -> Iterator[Source]:
    """Open ``bands``: directly if the file stores plain pixels of a dtype that loops are compiled for."""
    stored = {(band.raster.dtype, band.raster.block_shape) for band in bands}
    with ExitStack() as opened:
        if len(stored) == 1 and bands[0].raster.dtype == _kind(bands) and all(map(plain_blocks.is_plain, bands)):
            yield PlainSource(bands, [opened.enter_context(plain_blocks.opened(band)) for band in bands], scratch)
        else:
            yield ReadSource(bands, opened.enter_context(Handles()), scratch)


@contextmanager
def opened_sources(raster: Raster, scratch: Scratch) -> Iterator[list[Source]]:
    """Open each band of ``raster``."""
    with ExitStack() as opened:
        bands = (Band(raster=raster, index=band + 1) for band in range(raster.count))
        yield [opened.enter_context(opened_source([band], scratch)) for band in bands]


def _kind(bands: Sequence[Band]) -> str:
    """Return the dtype in which the pixels of all ``bands`` are read."""
    kinds = {READ_AS.get(band.raster.dtype, "float64") for band in bands}
    return kinds.pop() if len(kinds) == 1 else "float64"


def _nodata(band: Band, kind: str) -> tuple[Any, bool]:
    """Return the nodata value in dtype ``kind``, and True if there is none."""
    nodata = band.raster.nodata
    return np.dtype(kind).type(0 if nodata is None else nodata), nodata is None
