"""Compiled loops: rasterio reads windows, numba computes each in one pass, threads write whole blocks in place.

Pixels that are not compressed are written straight into the blocks that GDAL has laid out in the file.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from rasterbout.backends import _rasterio, _threads
from rasterbout.contract import TILE_EDGE, Availability, Backend, Layout, Output, Session
from rasterbout.grid import Grid
from rasterbout.operation import Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.tiff import Directory
from rasterbout.window import Window, aligned_piece, cut, piece_shape

Pixels = NDArray[Any]
Float32 = NDArray[np.float32]
Compute = Callable[[Window, Float32], None]
"""Writes the pixels of a window of the output into an array (bands, rows, columns)."""

READ_AS = {"uint8": "int16", "int16": "int16", "uint16": "uint16", "float32": "float32"}
"""As which type pixels are read: loops are compiled for each. All others are read as float64, which holds them."""

TAPS = {Resampling.NEAREST: 1, Resampling.BILINEAR: 2, Resampling.CUBIC: 4}
SNAP_PX = 1e-7  # rounding of coordinates moves a centre by less than this
WHOLE_SUMS = 1 << 15  # fewer integers of 16 bits than this can be added in 32 bits
NAN = np.float32(np.nan)


class NumbaFused(Backend):
    """Pieces of the output, each computed by one of as many threads as there are workers."""

    def probe(self) -> Availability:
        """Numba is a dependency: it is always there."""
        return Availability(available=True, versions={"numba": numba.__version__} | _rasterio.versions())

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Compile the loops, or fetch them as compiled before, and start the threads."""
        _compile()
        with ThreadPoolExecutor(resources.threads) as threads:
            yield _NumbaSession(resources, threads)


class _NumbaSession(Session):
    def __init__(self, resources: Resources, threads: ThreadPoolExecutor) -> None:
        self._chunk = resources.chunk
        self._threads = threads
        self._scratch = _Scratch()

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        kind = _kind(red, nir)

        def compute(window: Window, into: Float32) -> None:
            pixels = self._read_pair(files, red, nir, window, kind)
            _ndvi(*pixels, *_nodata(red, kind), *_nodata(nir, kind), into[0])

        with _threads.Handles() as files:
            self._write(compute, red.raster.grid, 1, self._piece(red.raster), out)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        kind = _kind(Band(raster=source, index=1)) if factor < WHOLE_SUMS else "float64"
        sums = np.int32 if kind in {"int16", "uint16"} else np.float64

        def compute(window: Window, into: Float32) -> None:
            fine = window.refine(factor)
            sum_line = self._scratch.array("sums", (fine.width,), sums)
            counts = self._scratch.array("counts", (fine.width,), np.int32)
            for band in range(source.count):
                whole = Band(raster=source, index=band + 1)
                pixels = self._read(files, whole, fine, kind)
                _mean(pixels, *_nodata(whole, kind), factor, sum_line, counts, into[band])

        with _threads.Handles() as files:
            self._write(compute, source.grid.coarsen(factor), source.count, self._coarse_piece(source, factor), out)

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        kind = _kind(red, nir)

        def compute(window: Window, into: Float32) -> None:
            fine = window.refine(factor)
            pixels = self._read_pair(files, red, nir, fine, kind)
            sums = self._scratch.array("sums", (fine.width,), np.float64)
            counts = self._scratch.array("counts", (fine.width,), np.int32)
            nodata = *_nodata(red, kind), *_nodata(nir, kind)
            _mean_ndvi(*pixels, *nodata, factor, sums, counts, into[0])

        with _threads.Handles() as files:
            coarse = self._coarse_piece(red.raster, factor)
            self._write(compute, red.raster.grid.coarsen(factor), 1, coarse, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        taps = TAPS[resampling]
        scale, shift = moving.grid.transform, onto.transform
        rows = _Axis.of(onto.height, shift.e / scale.e, (shift.f - scale.f) / scale.e, taps)
        columns = _Axis.of(onto.width, shift.a / scale.a, (shift.c - scale.c) / scale.a, taps)

        def compute(window: Window, into: Float32) -> None:
            down, across = rows.part(window.row, window.height), columns.part(window.column, window.width)
            line = self._scratch.array("line", (across.length,), np.float64)
            for band in range(moving.count):
                around = self._around(files, Band(raster=moving, index=band + 1), down, across)
                _interpolate(around, down.first, down.weights, across.first, across.weights, line, into[band])

        with _threads.Handles() as files:
            piece = piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE))
            self._write(compute, onto, moving.count, piece, out)

    def _piece(self, source: Raster) -> tuple[int, int]:
        return piece_shape(self._chunk, source.grid.shape, source.block_shape)

    def _coarse_piece(self, source: Raster, factor: int) -> tuple[int, int]:
        rows, columns = aligned_piece(self._piece(source), factor)
        return rows // factor, columns // factor

    def _read_pair(
        self, files: _threads.Handles, red: Band, nir: Band, window: Window, kind: str
    ) -> tuple[Pixels, Pixels]:
        return self._read(files, red, window, kind), self._read(files, nir, window, kind, "nir")

    def _read(self, files: _threads.Handles, band: Band, window: Window, kind: str, role: str = "source") -> Pixels:
        """Return the pixels of a window, shape (rows, columns), in an array that is used again."""
        pixels = self._scratch.array(role, (window.height, window.width), kind)
        files.of(band.raster.path).read(band.index, window=_rasterio.block(window), out=pixels)
        return pixels

    def _around(self, files: _threads.Handles, band: Band, down: "_Axis", across: "_Axis") -> Float32:
        """Return the source pixels that a window needs, NaN where they are nodata or beyond the image."""
        around = self._scratch.array("around", (down.length, across.length), np.float32)
        height, width = band.raster.grid.shape
        top, left = max(0, down.start), max(0, across.start)
        bottom, right = min(height, down.start + down.length), min(width, across.start + across.length)
        inside = around[
            max(0, top - down.start) : max(0, bottom - down.start),
            max(0, left - across.start) : max(0, right - across.start),
        ]
        if inside.size < around.size:
            around.fill(np.nan)
        if inside.size:
            kind = _kind(band)
            pixels = self._read(files, band, Window(top, left, bottom - top, right - left), kind)
            _fill(pixels, *_nodata(band, kind), inside)
        return around

    def _write(self, compute: Compute, grid: Grid, count: int, piece: tuple[int, int], out: Output) -> None:
        with self._saving(out, grid, count, piece) as save:

            def work(window: Window) -> None:
                pixels = self._scratch.array("out", (count, window.height, window.width), np.float32)
                compute(window, pixels)
                save(window, pixels)

            _threads.work_through(cut(grid.shape, piece), work, self._threads)

    @contextmanager
    def _saving(self, out: Output, grid: Grid, count: int, piece: tuple[int, int]) -> Iterator[_threads.Save]:
        """Create the output, and return what writes pieces: straight into their blocks, or by GDAL in turns."""
        if not _rasterio.fits_in_place(out, grid, _rasterio.even_chunks(grid.shape, piece)):
            with _threads.saving_in_turns(out, grid, count) as save:
                yield save
            return
        _rasterio.create_empty(out, grid, count, allocated=True)
        with out.path.open("r+b", buffering=0) as file:
            offsets = Directory(out.path).offsets
            yield _BlockFile(file.fileno(), offsets, out.layout, grid.width, self._scratch).save


class _Scratch:
    """Arrays that are used again, each thread's its own."""

    def __init__(self) -> None:
        self._mine = threading.local()

    def array(self, role: str, shape: tuple[int, ...], dtype: Any) -> Pixels:
        """Return this thread's array for ``role``, with what was left in it."""
        arrays: dict[str, Pixels] = self._mine.__dict__
        key, size = f"{role} {np.dtype(dtype)}", int(np.prod(shape))
        if key not in arrays or arrays[key].size < size:
            arrays[key] = np.empty(size, dtype)
        return arrays[key][:size].reshape(shape)


@dataclass(frozen=True)
class _BlockFile:
    """A file whose blocks have their places, each holding all bands of its pixels; several threads may write to it."""

    file: int
    offsets: NDArray[np.int64]
    layout: Layout
    width: int
    scratch: _Scratch

    def save(self, window: Window, pixels: Float32) -> None:
        """Write a piece that ends where blocks do."""
        rows, columns = self.layout.block_shape(self.width)
        blocks_across = -(-self.width // columns)
        for part in cut(pixels.shape[1:], (rows, columns)):
            block = self.scratch.array("block", (rows, columns, len(pixels)), np.float32)
            if (part.height, part.width) != (rows, columns):
                block.fill(NAN)
            block[: part.height, : part.width] = np.moveaxis(pixels[:, *part.slices], 0, -1)
            stored = block if self.layout.blocks == "tiled" else block[: part.height]  # the last strip is shorter
            number = (window.row + part.row) // rows * blocks_across + (window.column + part.column) // columns
            _write_all(self.file, stored.view(np.uint8).reshape(-1).data, int(self.offsets[number]))


def _write_all(file: int, data: memoryview, offset: int) -> None:
    while data:  # a disk that is nearly full takes a part
        written = os.pwrite(file, data, offset)
        data, offset = data[written:], offset + written


@dataclass(frozen=True)
class _Axis:
    """Of which source pixels output pixels are made, along one axis."""

    start: int
    """The first source pixel of all."""
    length: int
    """How many source pixels there are from the first to the last."""
    first: NDArray[np.int64]
    """The first one of each output pixel, counted from ``start``."""
    weights: NDArray[np.float64]
    """Shape (output pixels, taps)."""

    @classmethod
    def of(cls, count: int, step: float, origin: float, taps: int) -> "_Axis":
        """Make the axis of ``count`` pixels, each ``step`` source pixels long, that begin at ``origin``."""
        centres = origin + step * (np.arange(count) + 0.5)
        halves = np.rint(2 * centres) / 2
        centres = np.where(np.abs(centres - halves) < SNAP_PX, halves, centres)
        if taps == 1:
            return cls(0, 0, np.floor(centres).astype(np.int64), np.ones((count, 1)))
        first = np.floor(centres - 0.5) - (taps // 2 - 1)
        distance = np.abs(centres[:, None] - 0.5 - first[:, None] - np.arange(taps))
        weights = 1 - distance if taps == 2 else _catmull_rom(distance)
        return cls(0, 0, first.astype(np.int64), weights)

    def part(self, begin: int, count: int) -> "_Axis":
        """Return the axis of some output pixels."""
        first, weights = self.first[begin : begin + count], self.weights[begin : begin + count]
        start, end = int(first.min()), int(first.max()) + weights.shape[1]
        return _Axis(start, end - start, first - start, weights)


def _catmull_rom(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of a sample at ``distance`` pixels: Keys (1981), equation 4, with a = -1/2."""
    near = 1 - 2.5 * distance**2 + 1.5 * distance**3
    far = 2 - 4 * distance + 2.5 * distance**2 - 0.5 * distance**3
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))


def _kind(*bands: Band) -> str:
    """Return the type that holds the pixels of all ``bands``, of those that loops are compiled for."""
    kinds = {READ_AS.get(band.raster.dtype, "float64") for band in bands}
    return kinds.pop() if len(kinds) == 1 else "float64"


def _nodata(band: Band, kind: str) -> tuple[Any, bool]:
    """Return the value that means nodata, and whether there is none."""
    nodata = band.raster.nodata
    return np.dtype(kind).type(0 if nodata is None else nodata), nodata is None


compiled = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def _valid(value, nodata, none):
    return (value == value) & ((value != nodata) | none)  # noqa: PLR0124  NaN differs from itself


@compiled
def _ratio(r, n, red_nodata, red_none, nir_nodata, nir_none):
    red, nir = np.float64(r), np.float64(n)
    total = nir + red
    valid = _valid(r, red_nodata, red_none) & _valid(n, nir_nodata, nir_none) & (total != 0)
    return np.float32((nir - red) / total) if valid else NAN


@compiled
def _ndvi(red, nir, red_nodata, red_none, nir_nodata, nir_none, into):
    for row in range(into.shape[0]):
        for column in range(into.shape[1]):
            into[row, column] = _ratio(red[row, column], nir[row, column], red_nodata, red_none, nir_nodata, nir_none)


@compiled
def _mean(pixels, nodata, none, factor, sums, counts, into):
    for row in range(into.shape[0]):
        sums[:] = 0
        counts[:] = 0
        for line in range(row * factor, (row + 1) * factor):
            for column in range(sums.size):
                value = pixels[line, column]
                valid = _valid(value, nodata, none)
                sums[column] += value if valid else 0
                counts[column] += valid
        _average(sums, counts, factor, into[row])


@compiled
def _mean_ndvi(red, nir, red_nodata, red_none, nir_nodata, nir_none, factor, sums, counts, into):
    for row in range(into.shape[0]):
        sums[:] = 0
        counts[:] = 0
        for line in range(row * factor, (row + 1) * factor):
            for column in range(sums.size):
                value = _ratio(red[line, column], nir[line, column], red_nodata, red_none, nir_nodata, nir_none)
                valid = value == value  # noqa: PLR0124
                sums[column] += value if valid else 0
                counts[column] += valid
        _average(sums, counts, factor, into[row])


@compiled
def _average(sums, counts, factor, into):
    for column in range(into.size):
        total, count = 0.0, 0
        for part in range(column * factor, (column + 1) * factor):
            total += sums[part]
            count += counts[part]
        into[column] = total / count


@compiled
def _fill(pixels, nodata, none, into):
    for row in range(into.shape[0]):
        for column in range(into.shape[1]):
            value = pixels[row, column]
            into[row, column] = np.float32(value) if _valid(value, nodata, none) else NAN


@compiled
def _interpolate(around, first_rows, row_weights, first_columns, column_weights, line, into):
    for row in range(into.shape[0]):
        line[:] = 0
        for tap in range(row_weights.shape[1]):
            weight = row_weights[row, tap]
            source = around[first_rows[row] + tap]
            for column in range(line.size):
                line[column] += weight * source[column]
        for column in range(into.shape[1]):
            total = 0.0
            for tap in range(column_weights.shape[1]):
                total += column_weights[column, tap] * line[first_columns[column] + tap]
            into[row, column] = total


@lru_cache(maxsize=1)
def _compile() -> None:
    """Compile all loops for all types that they are given."""
    into, line, flags = types.float32[:, ::1], types.float64[::1], types.boolean
    counts, number, firsts, weights = types.int32[::1], types.int64, types.int64[::1], types.float64[:, ::1]
    for kind in (types.int16, types.uint16, types.float32, types.float64):
        pixels, sums = kind[:, ::1], types.int32[::1] if isinstance(kind, types.Integer) else line
        pair = (pixels, pixels, kind, flags, kind, flags)
        _ndvi.compile((*pair, into))
        _mean_ndvi.compile((*pair, number, line, counts, into))
        _mean.compile((pixels, kind, flags, number, sums, counts, into))
        _fill.compile((pixels, kind, flags, types.float32[:, :]))
    _interpolate.compile((into, firsts, weights, firsts, weights, line, into))
