"""The floor: what reading the input bytes and writing as many output bytes takes, with no computing."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from rasterbout.operation import Operation
from rasterbout.resources import Resources

PIECE_BYTES = 4 << 20
FLOAT32_BYTES = 4
REPEATS = 3

Piece = tuple[int, int, int]
"""A file handle, where to begin, and how many bytes."""


def output_bytes(operation: Operation) -> int:
    """Return how many bytes the pixels of the output take, uncompressed."""
    return operation.count * operation.grid.width * operation.grid.height * FLOAT32_BYTES


def measure_floor(operation: Operation, out: Path, resources: Resources) -> list[float]:
    """Return the seconds that reading all input files and writing the output's bytes to ``out`` takes, some times."""
    samples = []
    for _ in range(REPEATS):
        with _opened(operation, out) as (sources, target), ThreadPoolExecutor(resources.threads) as threads:
            reads = [piece for source in sources for piece in _cut(source, os.fstat(source).st_size)]
            writes = _cut(target, output_bytes(operation))
            shares = [(reads[i :: resources.threads], writes[i :: resources.threads]) for i in range(resources.threads)]
            started = time.perf_counter()
            list(threads.map(_copy, shares))
            samples.append(time.perf_counter() - started)
    return samples


@contextmanager
def _opened(operation: Operation, out: Path) -> Iterator[tuple[list[int], int]]:
    handles = [os.open(raster.path, os.O_RDONLY) for raster in operation.inputs]
    handles.append(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
    try:
        yield handles[:-1], handles[-1]
    finally:
        for handle in handles:
            os.close(handle)
        out.unlink()


def _cut(handle: int, size: int) -> list[Piece]:
    return [(handle, start, min(PIECE_BYTES, size - start)) for start in range(0, size, PIECE_BYTES)]


def _copy(share: tuple[list[Piece], list[Piece]]) -> None:
    reads, writes = share
    buffer = memoryview(bytearray(PIECE_BYTES))  # one for all, as a program at the limit would do
    for handle, start, length in reads:
        os.preadv(handle, [buffer[:length]], start)
    for handle, start, length in writes:
        os.pwritev(handle, [buffer[:length]], start)
