"""The small pictures that a run kept, of what was read, what came of it and where it is wrong, as images of a page."""

import base64
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.image import imsave
from numpy.typing import NDArray

from rasterbout.record import Record
from rasterbout.reports.runs import Run

WORST = 1e-6
"""Errors of this size, relative to their scale, have the full colour: larger ones are wrong."""


@dataclass(frozen=True, kw_only=True)
class Thumb:
    """An image as a ``data:`` address, what it shows, and of which task."""

    task: str
    source: str
    caption: str


def thumbs(run: Run) -> Iterator[Thumb]:
    """Yield the input of each task once, the output of each backend, and the errors of an output that has any."""
    shown: set[tuple[object, ...]] = set()
    for record in run.records:
        picture = (run.folder or Path()) / record.picture
        if not record.picture or (picture,) in shown or not picture.is_file():
            continue
        shown.add((picture,))
        yield from _of_one(record, picture, shown)


def _of_one(record: Record, picture: Path, shown: set[tuple[object, ...]]) -> Iterator[Thumb]:
    what = " ".join(str(part) for part in (record.operation, record.factor, record.resampling) if part is not None)
    task = f"{what} on {record.dataset} {record.size}, {record.layout}, {record.compress}"
    try:
        with np.load(picture) as archive:
            arrays = {name: archive[name] for name in ("input", "output", "error")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return
    if (task,) not in shown:
        shown.add((task,))
        yield Thumb(task=task, source=_image(arrays["input"], "gray"), caption="what was read")
    yield Thumb(task=task, source=_image(arrays["output"], "viridis"), caption=record.backend)
    error = np.nan_to_num(arrays["error"], nan=0.0, posinf=2 * WORST)
    if error.any():
        largest = "one of two is NaN" if np.isinf(arrays["error"]).any() else f"at most {error.max():.1e}"
        source = _image(error, "magma", limits=(0.0, WORST))
        yield Thumb(task=task, source=source, caption=f"errors of {record.backend}, {largest}")


def _image(pixels: NDArray[np.float32], colours: str, limits: tuple[float, float] | None = None) -> str:
    return _drawn(pixels.tobytes(), pixels.shape, colours, limits)


@cache
def _drawn(data: bytes, shape: tuple[int, ...], colours: str, limits: tuple[float, float] | None) -> str:
    """Return a PNG; the darkest and brightest hundredth of the pixels have the colours at the ends, nodata none."""
    pixels = np.frombuffer(data, np.float32).reshape(shape)
    finite = pixels[np.isfinite(pixels)]
    low, high = limits or (np.percentile(finite, (1, 99)) if finite.size else (0.0, 1.0))
    scaled = (pixels - low) / max(high - low, np.finfo(np.float32).tiny)
    coloured = colormaps[colours](np.ma.masked_invalid(scaled), bytes=True)
    coloured[~np.isfinite(pixels), 3] = 0
    file = io.BytesIO()
    imsave(file, coloured, format="png")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
