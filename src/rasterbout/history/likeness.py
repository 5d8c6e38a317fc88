"""Which records were measured on files like the user's."""

from collections.abc import Mapping
from typing import Any

from rasterbout.identity import Key, parameters_in, plain

SAME_SIZE = 0.01
"""Relative difference of the numbers of pixels up to which two files are of the same size."""

WIDE = 4
"""Blocks wider than this many times their height count as strips."""


def traits(fields: Mapping[str, Any]) -> Key:
    """Return all that tasks alike have in common, apart from their size: operation, pixels, storage and page cache.

    Bands and grids do not count.
    """
    parameters = {
        name: value
        for name, value in parameters_in(fields).items()
        if not name.endswith("_band") and not isinstance(value, dict)
    }
    return (
        fields["operation"], str(plain("parameters", parameters)), fields["input_dtype"], fields["input_compression"],
        blocks(fields), fields["layout"], fields["compress"], fields["cache_asked"],
    )  # fmt: skip


def blocks(fields: Mapping[str, Any]) -> str:
    """Return how the first input stores its pixels: ``strips``, or its tiles as in ``512 x 512 tiles``."""
    if not fields["input_blocks"]:
        return "unknown blocks"
    rows, columns = fields["input_blocks"]
    return "strips" if columns > WIDE * rows else f"{rows} x {columns} tiles"


def same_size(pixels: int, other: int) -> bool:
    """Return whether two numbers of pixels differ by at most `SAME_SIZE`."""
    return abs(pixels - other) <= SAME_SIZE * pixels
