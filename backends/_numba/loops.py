"""All loops that numba compiles: its cache is renewed if this file changes, but not if one that it imports does."""

from functools import cache
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from rasterbout.backends._numba.compiled import compiled

FEW_LINES = 16  # lines added in float32: each addition rounds by up to 6e-8 of the sum
NAN = np.float32(np.nan)

_pread = types.ExternalFunction("pread", types.intp(types.intc, types.uintp, types.uintp, types.int64))
"""``pread`` of the C library, which loops can call without Python's global lock."""


def _exact(value: Any) -> Any: ...
def _lines(arrays: Any, line: Any, first: Any, width: Any) -> Any: ...
def _pixel(lines: Any, place: Any, nodata: Any) -> Any: ...


@overload(_exact)
def _exact_in(value):
    """Return ``value`` as a float that represents it, and the sum of two such values, exactly."""
    if isinstance(value, types.Integer):  # all of them have 16 bits
        return lambda value: np.float32(value)
    return lambda value: np.float64(value)


@overload(_lines)
def _lines_of(arrays, line, first, width):
    """Return ``width`` pixels of a line of each array, from column ``first``."""
    if len(arrays) == 1:
        return lambda arrays, line, first, width: (arrays[0][line, first : first + width],)
    return lambda arrays, line, first, width: (
        arrays[0][line, first : first + width],
        arrays[1][line, first : first + width],
    )


@overload(_pixel)
def _pixel_of(lines, place, nodata):
    """Return the value of one band, or the NDVI of two; NaN if it is invalid."""
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
def cut_at_blocks(box, shape, pixel_bytes, tables):
    """Cut a window at the borders of blocks; return ``offsets`` and ``places`` of `sources.Parts`.

    ``box`` is first row, first column, last row + 1 and last column + 1; ``shape`` rows and columns of a block;
    ``tables`` where in its file each block of a band begins, int64, shape (blocks down, blocks across).
    """
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
    """Read ``height`` lines of each band into ``arrays``; return False if a file is too short."""
    for band in range(len(arrays)):
        wanted = height * arrays[band].shape[1] * arrays[band].itemsize
        if offsets[band] >= 0 and _pread(files[band], arrays[band].ctypes.data, wanted, offsets[band]) != wanted:
            return False
    return True


@compiled
def fill(arrays, files, offsets, places, nodata, into, top, left):
    """Write pixels, or the NDVI of two bands, into ``into``, float32 (rows, columns); False if a file is too short.

    The first four arguments are the fields of `sources.Parts`; ``nodata`` is (value, True if there is none) for each.
    """
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
def add(arrays, files, offsets, places, nodata, factor, lines, sums):
    """Add pixels, or their NDVI, to sums (float64) and counts (int64) of windows; arguments and result as of `fill`.

    ``lines`` are scratch for sums (float32 for 16-bit pixels, else float64) and counts (int32) of a line of pixels.
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
    while done < height:  # a group of lines never extends over two rows of windows
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
        # numba checks whether a signed index is negative, which took a third of this loop; not so an unsigned one.
        for n in range(np.uint64(begin), np.uint64(end)):
            total += line[n]
        sums[window] += total
        counts[window] += lines * (end - begin)
        begin, window = end, window + 1


@compiled
def divide(sums, counts, into):
    """Write the means into ``into``, float32, shape (rows, columns); NaN if a count is 0."""
    for row in range(sums.shape[0]):
        for column in range(sums.shape[1]):
            into[row, column] = sums[row, column] / counts[row, column]


@compiled
def interpolate_across(around, first, weights, into):
    """Interpolate float32 ``around`` into ``into`` (lines, output columns), with the arrays of a `weights.Axis`."""
    for row in range(into.shape[0]):
        source = around[row]
        for column in range(into.shape[1]):
            total = 0.0
            for tap in range(weights.shape[0]):
                total += weights[tap, column] * source[np.uint64(first[column] + tap)]
            into[row, column] = total


@compiled
def interpolate_down(lines, first, weights, into):
    """Interpolate float32 ``lines`` into ``into`` (output rows, columns), with the arrays of a `weights.Axis`."""
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
def compile_all() -> None:
    """Compile all loops for all types of their arguments, or load them from numba's cache; once in a process."""
    image, number, firsts = types.float32[:, ::1], types.int64, types.int64[::1]
    table, sums = types.int64[:, ::1], types.Tuple((types.float64[:, ::1], types.int64[:, ::1]))
    for kind in (types.int16, types.uint16, types.float32, types.float64):
        line = types.float32 if isinstance(kind, types.Integer) else types.float64
        lines = types.Tuple((line[::1], types.int32[::1]))
        for bands in (1, 2):
            nodata = types.UniTuple(types.Tuple((kind, types.boolean)), bands)
            parts = (types.UniTuple(kind[:, ::1], bands), types.UniTuple(number, bands), table, table, nodata)
            fill.compile((*parts, image, number, number))
            add.compile((*parts, number, lines, sums))
    for bands in (1, 2):
        cut_at_blocks.compile(
            (types.UniTuple(number, 4), types.UniTuple(number, 2), number, types.UniTuple(table, bands))
        )
    divide.compile((*sums, image))
    interpolate_across.compile((image, firsts, types.float64[:, ::1], image))
    interpolate_down.compile((image, firsts, types.float64[:, ::1], image))
