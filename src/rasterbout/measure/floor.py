"""The floor: the time to read the input and to write the output's number of bytes without computing anything.

It is a lower bound for every backend on this machine. Its variation between rounds shows disturbances of
the machine.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from rasterbout.decoded import pieces, read_pieces
from rasterbout.operations.operation import Operation
from rasterbout.raster import Raster
from rasterbout.resources import MIB
from rasterbout.tiff import Directory

PIECE_BYTES = MIB

Extent = tuple[int, int]
"""Offset and length in a file, in bytes."""


def copy_once(operation: Operation, out: Path, threads: int) -> float:
    """Read the input of ``operation``, write as many bytes as its output to ``out``, and return the time in seconds.

    Uncompressed pixels are read as bytes of the file, others are decoded by GDAL. Reading and writing
    are split evenly among the threads.
    """
    return copy_parts(operation, out, threads, range(threads))


def copy_parts(operation: Operation, out: Path, parts: int, mine: range) -> float:
    """Do as `copy_once`, but only those of ``parts`` equal parts whose numbers are ``mine``, each in a thread."""
    bands = operation.bands_read
    whole = _cut([(0, operation.output_bytes)])
    with _created(out) as target, ThreadPoolExecutor(len(mine)) as pool:
        shares = [
            [
                *(_reader(raster, bands[raster.path], part, parts) for raster in operation.inputs),
                _write_bytes(target, whole[part::parts], _buffer()),
            ]
            for part in mine
        ]
        started_s = time.perf_counter()
        list(pool.map(_work, shares))
        return time.perf_counter() - started_s


def _reader(raster: Raster, bands: list[int], part: int, parts: int) -> Iterator[int]:
    """Return an iterator that reads one of ``parts`` equal parts of a raster."""
    if raster.driver == "GTiff" and raster.compression == "none":
        extents = _cut(Directory(raster.path).extents(bands, raster.count))
        return _read_bytes(raster.path, extents[part::parts], _buffer())
    return read_pieces(raster, bands, pieces(raster)[part::parts])


def _work(share: list[Iterator[int]]) -> None:
    for steps in share:
        for _ in steps:
            pass


def _read_bytes(path: Path, extents: list[Extent], buffer: memoryview) -> Iterator[int]:
    with path.open("rb", buffering=0) as file:
        for start, length in extents:
            yield os.preadv(file.fileno(), [buffer[:length]], start)


def _write_bytes(target: int, extents: list[Extent], buffer: memoryview) -> Iterator[int]:
    for start, length in extents:
        yield os.pwrite(target, buffer[:length], start)


def _buffer() -> memoryview:
    """Return a buffer whose pages are already mapped, as in a program that has been running for a while."""
    return memoryview(bytearray(b"1" * PIECE_BYTES))


@contextmanager
def _created(out: Path) -> Iterator[int]:
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        yield handle
    finally:
        os.close(handle)
        out.unlink()


def _cut(extents: list[Extent]) -> list[Extent]:
    return [
        (piece, min(PIECE_BYTES, start + length - piece))
        for start, length in extents
        for piece in range(start, start + length, PIECE_BYTES)
    ]
