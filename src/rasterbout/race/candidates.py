"""The settings worth racing for one task: backends, chunks that fit the blocks of the file, workers up to the cores."""

import math
from collections.abc import Iterator, Sequence

from rasterbout.contract import why_not
from rasterbout.plan import Task
from rasterbout.raster import Raster
from rasterbout.registry import availability, load_backend
from rasterbout.safe_text import said

CHUNKS = (512, 1024, 2048)
"""Edges of chunks in pixels, before they are rounded to whole blocks."""


def chunks_for(raster: Raster) -> list[int]:
    """Return edges of square chunks in pixels that hold whole tiles of ``raster``; strips are cut by any chunk."""
    height, width = raster.block_shape
    tile = 1 if width >= raster.grid.width else math.lcm(height, width)
    largest = max(raster.grid.width, raster.grid.height)
    edges = sorted({max(1, round(edge / tile)) * tile for edge in CHUNKS})
    return [edge for edge in edges if edge < largest] or edges[:1]


def workers_up_to(cores: int) -> list[int]:
    """Return the powers of two below ``cores``, and ``cores``."""
    return sorted({*(1 << power for power in range(cores.bit_length()) if 1 << power < cores), cores})


def able(task: Task, backends: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the backends that can do ``task`` here, and by name the reason why another cannot."""
    reasons = {name: reason for name, reason in _reasons(task, backends) if reason}
    return [name for name in backends if name not in reasons], reasons


def _reasons(task: Task, backends: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    for name in backends:
        found = availability(name)
        if not found.available:
            yield name, "; ".join(filter(None, [found.reason, found.remedy]))
            continue
        try:
            yield name, why_not(load_backend(name), task.operation)
        except Exception as error:  # noqa: BLE001  of a plug-in
            yield name, f"it does not say whether it can do this ({said(error)})"
