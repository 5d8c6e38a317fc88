"""Where a TIFF says its blocks are, held against the file: a writer that failed seldom says so."""

from collections.abc import Iterator
from typing import Any

Source = Any
"""An open rasterio dataset of the driver GTiff; rasterio ships no types."""

Place = tuple[str, int | None, int | None]
"""The name of a block, the byte where it begins, and how many there are; None where it was never written."""


def truncation(source: Source, size_bytes: int) -> str:
    """Return which block ends behind the end of a file of ``size_bytes``; empty where none does."""
    for name, offset, length in _places(source):
        if offset is not None and length is not None and offset + length > size_bytes:
            return f"{name} ends at byte {offset + length}, the file at {size_bytes}"
    return ""


def gap(source: Source) -> str:
    """Return which block was never written; empty where all were."""
    return next((f"{name} was never written" for name, offset, _ in _places(source) if offset is None), "")


def _places(source: Source) -> Iterator[Place]:
    separate = source.interleaving is not None and source.interleaving.name.lower() == "band"
    for band in source.indexes if separate else (1,):
        for (row, column), _ in source.block_windows(band):
            offset, length = (
                source.get_tag_item(f"BLOCK_{what}_{column}_{row}", "TIFF", bidx=band) for what in ("OFFSET", "SIZE")
            )
            name = f"block {row}, {column} of band {band}"
            yield (name, None, None) if offset is None or length is None else (name, int(offset), int(length))
