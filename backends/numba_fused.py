"""Compiled loops over blocks: each is read, computed in one pass by what numba compiled, and written, by one thread.

Blocks that are no more than pixels are read from the file, and written into it, as they are; rasterio
reads and writes all others.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import NDArray

from rasterbout import plain_blocks
from rasterbout.backends import _rasterio, _threads
from rasterbout.backends._scratch import Scratch
from rasterbout.contract import TILE_EDGE, Availability, Backend, Output, Session
from rasterbout.errors import BackendFailed
from rasterbout.grid import Grid
from rasterbout.operations.superimpose import Resampling
from rasterbout.plain_blocks import PlainBlocks
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources
from rasterbout.window import Window, aligned_piece, cut, piece_shape, split

Pixels = NDArray[Any]
Float32 = NDArray[np.float32]
Compute = Callable[[Window, Float32], None]
"""Writes the pixels of a window of the output into the top left of an array (bands, rows, columns)."""

READ_AS = {"uint8": "int16", "int16": "int16", "uint16": "uint16", "float32": "float32"}
"""As which type pixels are read: loops are compiled for each. All others are read as float64, which holds them."""

TAPS = {Resampling.NEAREST: 1, Resampling.BILINEAR: 2, Resampling.CUBIC: 4}
SNAP_PX = 1e-7  # rounding of coordinates moves a centre by less than this
BAND_LINES = 512  # of a piece that is as wide as the raster: more, and there are too few for all threads
WIDE_PIXELS = 1 << 23  # of a piece that is as wide as a block of a much coarser output
SHORT = ("int16", "uint16")  # NDVI of these is computed in float32, which holds their sums and differences
FEW_LINES = 16  # so many values at most are added in float32, where each addition rounds by up to 6e-8 of the sum
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
        self._count = resources.threads
        self._threads = threads
        self._scratch = Scratch()

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        with _source([red, nir], self._scratch) as pixels:

            def compute(window: Window, into: Float32) -> None:
                pixels.fill(window, into[0], (0, 0))

            self._write(compute, red.raster.grid, 1, self._piece(red.raster), out)

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        with _sources(source, self._scratch) as sources:
            self._mean(
                sources, factor, source.grid.coarsen(factor), self._coarse_piece(source, sources, factor, out), out
            )

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        with _source([red, nir], self._scratch) as pixels:
            grid, piece = red.raster.grid.coarsen(factor), self._coarse_piece(red.raster, [pixels], factor, out)
            self._mean([pixels], factor, grid, piece, out)

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        taps = TAPS[resampling]
        scale, shift = moving.grid.transform, onto.transform
        rows = _Axis.of(onto.height, shift.e / scale.e, (shift.f - scale.f) / scale.e, taps)
        columns = _Axis.of(onto.width, shift.a / scale.a, (shift.c - scale.c) / scale.a, taps)
        rows_of, columns_of = cache(rows.part), cache(columns.part)  # blocks beside each other share them
        with _sources(moving, self._scratch) as sources:

            def compute(window: Window, into: Float32) -> None:
                down, across = rows_of(window.row, window.height), columns_of(window.column, window.width)
                lines = self._scratch.array("lines", (down.length, window.width), np.float32)
                for band, pixels in enumerate(sources):
                    around = self._around(pixels, moving.grid, down, across)
                    _interpolate_across(around, across.first, across.weights, lines)
                    _interpolate_down(lines, down.first, down.weights, into[band])

            piece = piece_shape(self._chunk, onto.shape, (TILE_EDGE, TILE_EDGE))
            self._write(compute, onto, moving.count, piece, out)

    def _mean(self, sources: Sequence["_Source"], factor: int, grid: Grid, piece: tuple[int, int], out: Output) -> None:
        def compute(window: Window, into: Float32) -> None:
            fine = window.refine(factor)
            sums = self._scratch.array("sums", (window.height, window.width), np.float64)
            counts = self._scratch.array("counts", (window.height, window.width), np.int64)
            in_line = self._scratch.array("in line", (fine.width,), np.int32)
            for band, pixels in enumerate(sources):
                line = self._scratch.array("line", (fine.width,), np.float32 if pixels.kind in SHORT else np.float64)
                sums.fill(0)
                counts.fill(0)
                pixels.add(fine, factor, (line, in_line), (sums, counts))
                _divide(sums, counts, into[band])

        self._write(compute, grid, len(sources), piece, out)

    def _piece(self, source: Raster) -> tuple[int, int]:
        return piece_shape(self._chunk, source.grid.shape, source.block_shape)

    def _coarse_piece(self, source: Raster, opened: Sequence["_Source"], factor: int, out: Output) -> tuple[int, int]:
        """Return pieces of whole windows, as wide as the raster or as blocks of the output.

        The first spares reading parts of blocks twice; with either, pieces have their places in the file.
        """
        rows, columns = self._piece(source)
        if all(isinstance(pixels, _PlainSource) for pixels in opened):
            rows, columns = min(rows, BAND_LINES), source.grid.width
        elif out.layout.compression == "none":
            columns = factor * out.layout.block_shape(source.grid.width // factor)[1]
            rows = min(rows, max(1, WIDE_PIXELS // columns))
        rows, columns = aligned_piece((rows, columns), factor)
        return rows // factor, columns // factor

    def _around(self, pixels: "_Source", grid: Grid, down: "_Axis", across: "_Axis") -> Float32:
        """Return the source pixels that a window needs, NaN where they are nodata or beyond the image."""
        around = self._scratch.array("around", (down.length, across.length), np.float32)
        top, left = max(0, down.start), max(0, across.start)
        inside = Window(top, left, min(grid.height, down.end) - top, min(grid.width, across.end) - left)
        if (inside.height, inside.width) != around.shape:
            around.fill(np.nan)
        if inside.height > 0 and inside.width > 0:
            pixels.fill(inside, around, (top - down.start, left - across.start))
        return around

    def _write(self, compute: Compute, grid: Grid, count: int, piece: tuple[int, int], out: Output) -> None:
        with self._saving(compute, out, grid, count, piece) as save:
            _threads.work_through(cut(grid.shape, piece), save, self._threads)

    @contextmanager
    def _saving(
        self, compute: Compute, out: Output, grid: Grid, count: int, piece: tuple[int, int]
    ) -> Iterator[Callable[[Window], None]]:
        """Create the output, and return what computes a piece and writes it: into its blocks, or by GDAL in turns."""
        blocks = rows, columns = out.layout.block_shape(grid.width)
        if out.layout.compression != "none" or (piece[1] < grid.width and piece[1] % columns):
            with _threads.saving_in_turns(out, grid, count, self._count) as write:
                yield lambda window: write(window, self._computed(compute, window, count))
            return
        with ExitStack() as opened:

            def create() -> PlainBlocks:
                _rasterio.create_empty(out, grid, count, allocated=True)
                places = -(-grid.height // rows), -(-grid.width // columns)
                return opened.enter_context(plain_blocks.opened_to_write(out.path, places))

            file = self._threads.submit(create)  # by one thread, while the others begin with the first pieces
            opened.callback(wait, [file])  # where a piece failed at once, it is not there yet

            def save(window: Window) -> None:
                # Block by block, if a piece is made of them: then they are still near the core when they are written.
                for unit in [window] if piece[0] % rows else split(window, blocks):
                    pixels = self._computed(compute, unit, count)
                    for part in split(unit, blocks):
                        stored = self._stored(pixels, part, unit, columns)
                        skip_bytes = part.row % rows * stored[0].nbytes
                        file.result().write((part.row // rows, part.column // columns), skip_bytes, stored)

            yield save

    def _computed(self, compute: Compute, window: Window, count: int) -> Float32:
        pixels = self._scratch.array("out", (count, window.height, window.width), np.float32)
        compute(window, pixels)
        return pixels

    def _stored(self, pixels: Float32, part: Window, unit: Window, columns: int) -> Float32:
        """Return a part of the pixels of ``unit`` as a block holds it: whole lines, all bands of a pixel together."""
        if part == unit and part.width == columns and len(pixels) == 1:
            only: Float32 = pixels[0]
            return only
        block = self._scratch.array("block", (part.height, columns, len(pixels)), np.float32)
        block[:, part.width :] = NAN
        inside = Window(part.row - unit.row, part.column - unit.column, part.height, part.width)
        block[:, : part.width] = np.moveaxis(pixels[:, *inside.slices], 0, -1)
        return block


@dataclass(frozen=True)
class _Parts:
    """Pixels of a window part by part, as the loops take them."""

    arrays: tuple[Pixels, ...]
    """Of each band, shape (rows, columns): what one part after the other is read into."""
    files: tuple[int, ...]
    offsets: NDArray[np.int64]
    """Shape (parts, bands): where in the files the lines of each part begin; -1 if they are in the arrays already."""
    places: NDArray[np.int64]
    """Shape (parts, 5): row and column in the window, the first column in the arrays, height and width."""


class _Source(ABC):
    """Pixels of one band, or of two on one grid, in the type in which they are read."""

    def __init__(self, bands: Sequence[Band], scratch: Scratch) -> None:
        self.kind = _kind(bands)
        self._nodata = tuple(_nodata(band, self.kind) for band in bands)
        self._bands = bands
        self._scratch = scratch

    def fill(self, window: Window, into: Float32, corner: tuple[int, int]) -> None:
        """Write pixels, or the NDVI of two, into an array where row and column ``corner`` are those of the window."""
        self._do(_fill, window, into, *corner)

    def add(self, window: Window, factor: int, lines: tuple[Pixels, Pixels], sums: tuple[Pixels, Pixels]) -> None:
        """Add pixels, or the NDVI of two, to the windows that they lie in; the arrays as `_add` takes them."""
        self._do(_add, window, factor, lines, sums)

    def _do(self, loop: Callable[..., bool], window: Window, *arguments: Any) -> None:
        parts = self._parts(window)
        if not loop(parts.arrays, parts.files, parts.offsets, parts.places, self._nodata, *arguments):
            names = " or ".join(str(band.raster.path) for band in self._bands)
            raise BackendFailed(f"{names}: pixels of {window} are missing; was the file changed meanwhile?")

    @abstractmethod
    def _parts(self, window: Window) -> _Parts: ...

    def _arrays(self, shape: tuple[int, int]) -> tuple[Pixels, ...]:
        return tuple(self._scratch.array(f"band {n}", shape, self.kind) for n in range(len(self._bands)))


class _PlainSource(_Source):
    """Blocks as they are in the file, one after the other: so they stay near the core."""

    def __init__(self, bands: Sequence[Band], blocks: Sequence[PlainBlocks], scratch: Scratch) -> None:
        super().__init__(bands, scratch)
        self._blocks = blocks
        self._files = tuple(one.file for one in blocks)

    def _parts(self, window: Window) -> _Parts:
        shape = self._bands[0].raster.block_shape
        arrays = self._arrays(shape)
        box = window.row, window.column, window.bottom, window.right
        offsets, places = _cut_at_blocks(box, shape, arrays[0].itemsize, tuple(one.offsets for one in self._blocks))
        return _Parts(arrays, self._files, offsets, places)


class _ReadSource(_Source):
    """Windows as rasterio reads them."""

    def __init__(self, bands: Sequence[Band], files: _threads.Handles, scratch: Scratch) -> None:
        super().__init__(bands, scratch)
        self._files = files

    def _parts(self, window: Window) -> _Parts:
        arrays = self._arrays((window.height, window.width))
        for band, into in zip(self._bands, arrays, strict=True):
            self._files.of(band.raster.path).read(band.index, window=_rasterio.block(window), out=into)
        count = len(arrays)
        return _Parts(
            arrays, (-1,) * count, np.full((1, count), -1), np.array([[0, 0, 0, window.height, window.width]])
        )


@contextmanager
def _source(bands: Sequence[Band], scratch: Scratch) -> Iterator[_Source]:
    """Open the pixels of ``bands``: as the file's blocks where these hold what loops are compiled for."""
    stored = {(band.raster.dtype, band.raster.block_shape) for band in bands}
    with ExitStack() as opened:
        if len(stored) == 1 and bands[0].raster.dtype == _kind(bands) and all(map(plain_blocks.is_plain, bands)):
            yield _PlainSource(bands, [opened.enter_context(plain_blocks.opened(band)) for band in bands], scratch)
        else:
            yield _ReadSource(bands, opened.enter_context(_threads.Handles()), scratch)


@contextmanager
def _sources(raster: Raster, scratch: Scratch) -> Iterator[list[_Source]]:
    """Open the pixels of each band of ``raster``."""
    with ExitStack() as opened:
        bands = (Band(raster=raster, index=band + 1) for band in range(raster.count))
        yield [opened.enter_context(_source([band], scratch)) for band in bands]


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
    """Shape (taps, output pixels)."""

    @property
    def end(self) -> int:
        """The source pixel behind the last."""
        return self.start + self.length

    @classmethod
    def of(cls, count: int, step: float, origin: float, taps: int) -> "_Axis":
        """Make the axis of ``count`` pixels, each ``step`` source pixels long, that begin at ``origin``."""
        centres = origin + step * (np.arange(count) + 0.5)
        halves = np.rint(2 * centres) / 2
        centres = np.where(np.abs(centres - halves) < SNAP_PX, halves, centres)
        if taps == 1:
            return cls(0, 0, np.floor(centres).astype(np.int64), np.ones((1, count)))
        first = np.floor(centres - 0.5) - (taps // 2 - 1)
        distance = np.abs(centres - 0.5 - first - np.arange(taps)[:, None])
        weights = 1 - distance if taps == 2 else _catmull_rom(distance)
        return cls(0, 0, first.astype(np.int64), weights)

    def part(self, begin: int, count: int) -> "_Axis":
        """Return the axis of some output pixels."""
        first, weights = self.first[begin : begin + count], self.weights[:, begin : begin + count]
        start, end = int(first.min()), int(first.max()) + len(weights)
        return _Axis(start, end - start, first - start, np.ascontiguousarray(weights))


def _catmull_rom(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of a sample at ``distance`` pixels: Keys (1981), equation 4, with a = -1/2."""
    near = 1 - 2.5 * distance**2 + 1.5 * distance**3
    far = 2 - 4 * distance + 2.5 * distance**2 - 0.5 * distance**3
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))


def _kind(bands: Sequence[Band]) -> str:
    """Return the type that holds the pixels of all ``bands``, of those that loops are compiled for."""
    kinds = {READ_AS.get(band.raster.dtype, "float64") for band in bands}
    return kinds.pop() if len(kinds) == 1 else "float64"


def _nodata(band: Band, kind: str) -> tuple[Any, bool]:
    """Return the value that means nodata, and whether there is none."""
    nodata = band.raster.nodata
    return np.dtype(kind).type(0 if nodata is None else nodata), nodata is None


_pread = types.ExternalFunction("pread", types.intp(types.intc, types.uintp, types.uintp, types.int64))
"""The C library's: called in a loop, it never waits for Python's lock."""

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")


def _exact(value: Any) -> Any: ...
def _lines(arrays: Any, line: Any, first: Any, width: Any) -> Any: ...
def _pixel(lines: Any, place: Any, nodata: Any) -> Any: ...


@overload(_exact)
def _exact_in(value):
    """Return a float that holds ``value``, and its sum with another one."""
    if isinstance(value, types.Integer):  # of 16 bits
        return lambda value: np.float32(value)
    return lambda value: np.float64(value)


@overload(_lines)
def _lines_of(arrays, line, first, width):
    """Return the same part of a line of each array."""
    if len(arrays) == 1:
        return lambda arrays, line, first, width: (arrays[0][line, first : first + width],)
    return lambda arrays, line, first, width: (
        arrays[0][line, first : first + width],
        arrays[1][line, first : first + width],
    )


@overload(_pixel)
def _pixel_of(lines, place, nodata):
    """Return the value of one band, or the NDVI of two; NaN where there is none."""
    if len(lines) == 1:
        return lambda lines, place, nodata: _value(lines[0][place], nodata[0])
    return lambda lines, place, nodata: _ratio(_value(lines[0][place], nodata[0]), _value(lines[1][place], nodata[1]))


@compiled
def _value(pixel, nodata):
    return _exact(pixel) if (pixel != nodata[0]) | nodata[1] else NAN


@compiled
def _ratio(red, nir):
    total = nir + red
    return (nir - red) / total if total != 0 else NAN


@compiled
def _cut_at_blocks(box, shape, pixel_bytes, tables):
    """Cut a window (first row and column, and those behind its last) where blocks begin, as `_Parts` wants it."""
    top, left, bottom, right = box
    rows, columns = shape
    across = (right - 1) // columns - left // columns + 1
    count = ((bottom - 1) // rows - top // rows + 1) * across
    offsets, places = np.empty((count, len(tables)), np.int64), np.empty((count, 5), np.int64)
    for part in range(count):
        down, along = top // rows + part // across, left // columns + part % across
        row, column = max(top, down * rows), max(left, along * columns)
        height, width = min(bottom, (down + 1) * rows) - row, min(right, (along + 1) * columns) - column
        for band in range(len(tables)):
            offsets[part, band] = tables[band][down, along] + (row - down * rows) * columns * pixel_bytes
        places[part] = row - top, column - left, column - along * columns, height, width
    return offsets, places


@compiled
def _read(arrays, files, offsets, height):
    """Read ``height`` lines of each band; return whether all were there."""
    for band in range(len(arrays)):
        wanted = height * arrays[band].shape[1] * arrays[band].itemsize
        if offsets[band] >= 0 and _pread(files[band], arrays[band].ctypes.data, wanted, offsets[band]) != wanted:
            return False
    return True


@compiled
def _fill(arrays, files, offsets, places, nodata, into, top, left):
    for part in range(len(places)):
        row, column, first, height, width = places[part]
        if not _read(arrays, files, offsets[part], height):
            return False
        for line in range(height):
            pixels = _lines(arrays, line, first, width)
            out = into[top + row + line, left + column : left + column + width]
            for n in range(width):
                out[n] = _pixel(pixels, n, nodata)
    return True


@compiled
def _add(arrays, files, offsets, places, nodata, factor, lines, sums):
    """Add pixels, or their NDVI, to sums and counts of the windows that they lie in.

    ``lines`` are sums and counts of one line of pixels, used again; ``sums`` those of all windows.
    """
    for part in range(len(places)):
        if not _read(arrays, files, offsets[part], places[part, 3]):
            return False
        _add_part(arrays, places[part], nodata, factor, lines, sums)
    return True


@compiled
def _add_part(arrays, place, nodata, factor, lines, sums):
    row, column, first, height, width = place
    line, in_line = lines[0][:width], lines[1][:width]
    done = 0
    while done < height:  # lines of one row of windows after the other
        window = (row + done) // factor
        end = min(height, (window + 1) * factor - row, done + FEW_LINES)
        line[:] = 0
        for at in range(done, end):
            pixels = _lines(arrays, at, first, width)
            for n in range(width):
                line[n] += _pixel(pixels, n, nodata)
        if _all_numbers(line):
            _add_whole(line, end - done, column, factor, sums[0][window], sums[1][window])
        else:
            _add_valid(arrays, done, end, first, nodata, line, in_line)
            _add_counted(line, in_line, column, factor, sums[0][window], sums[1][window])
        done = end


@compiled
def _all_numbers(line):
    invalid = 0
    for n in range(line.size):
        invalid += line[n] != line[n]
    return invalid == 0


@compiled
def _add_valid(arrays, begin, end, first, nodata, line, in_line):
    line[:] = 0
    in_line[:] = 0
    for at in range(begin, end):
        pixels = _lines(arrays, at, first, line.size)
        for n in range(line.size):
            value = _pixel(pixels, n, nodata)
            valid = value == value  # noqa: PLR0124
            line[n] = line[n] + value if valid else line[n]
            in_line[n] += np.int32(valid)


@compiled
def _add_counted(line, in_line, column, factor, sums, counts):
    begin, window = 0, column // factor
    while begin < line.size:
        end = min(line.size, (window + 1) * factor - column)
        total, count = 0.0, 0
        for n in range(np.uint64(begin), np.uint64(end)):
            total += line[n]
            count += in_line[n]
        sums[window] += total
        counts[window] += count
        begin, window = end, window + 1


@compiled
def _add_whole(line, lines, column, factor, sums, counts):
    begin, window = 0, column // factor
    while begin < line.size:
        end = min(line.size, (window + 1) * factor - column)
        total = 0.0
        # A place without a sign is not looked at for being counted from the end: that took a third of this loop.
        for n in range(np.uint64(begin), np.uint64(end)):
            total += line[n]
        sums[window] += total
        counts[window] += lines * (end - begin)
        begin, window = end, window + 1


@compiled
def _divide(sums, counts, into):
    for row in range(sums.shape[0]):
        for column in range(sums.shape[1]):
            into[row, column] = sums[row, column] / counts[row, column]


@compiled
def _interpolate_across(around, first, weights, into):
    for row in range(into.shape[0]):
        source = around[row]
        for column in range(into.shape[1]):
            total = 0.0
            for tap in range(weights.shape[0]):
                total += weights[tap, column] * source[np.uint64(first[column] + tap)]
            into[row, column] = total


@compiled
def _interpolate_down(lines, first, weights, into):
    width = lines.shape[1]
    for row in range(first.size):
        out = into[row, :width]
        out[:] = 0
        for tap in range(weights.shape[0]):
            weight = np.float32(weights[tap, row])
            line = lines[first[row] + tap]
            for column in range(width):
                out[column] += weight * line[column]


@cache
def _compile() -> None:
    """Compile all loops for all types that they are given."""
    image, number, firsts = types.float32[:, ::1], types.int64, types.int64[::1]
    table, sums = types.int64[:, ::1], types.Tuple((types.float64[:, ::1], types.int64[:, ::1]))
    for kind in (types.int16, types.uint16, types.float32, types.float64):
        line = types.float32 if isinstance(kind, types.Integer) else types.float64
        lines = types.Tuple((line[::1], types.int32[::1]))
        for bands in (1, 2):
            nodata = types.UniTuple(types.Tuple((kind, types.boolean)), bands)
            parts = (types.UniTuple(kind[:, ::1], bands), types.UniTuple(number, bands), table, table, nodata)
            _fill.compile((*parts, image, number, number))
            _add.compile((*parts, number, lines, sums))
    for bands in (1, 2):
        _cut_at_blocks.compile(
            (types.UniTuple(number, 4), types.UniTuple(number, 2), number, types.UniTuple(table, bands))
        )
    _divide.compile((*sums, image))
    _interpolate_across.compile((image, firsts, types.float64[:, ::1], image))
    _interpolate_down.compile((image, firsts, types.float64[:, ::1], image))
