"""The pictures that a run keeps (input, result and errors), as images of a page."""

import base64
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.image import imsave
from numpy.typing import NDArray

from rasterbout import identity
from rasterbout.identity import RESULT, TASK, Key
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.tasks import details_of_tasks, joined

Pixels = NDArray[np.float32]

WORST = 1e-6
"""Errors of this size, relative to their scale, have the brightest colour: larger ones are wrong."""


@dataclass(frozen=True, kw_only=True)
class Thumb:
    """An image as a ``data:`` URL, with its task and caption."""

    task: str
    source: str
    caption: str


def thumbs(run: Run, runs: Sequence[Run] = ()) -> Iterator[Thumb]:
    """Yield the input of each task once, the output of each backend, and the errors of an output that has any.

    The names of the tasks are distinct within the ``runs`` of a report.
    """
    details = details_of_tasks(run, runs)
    pictures: set[Path] = set()
    inputs: set[Key] = set()
    for record in run.records:
        picture = (run.folder or Path()) / record.picture
        if not record.picture or picture in pictures or not picture.is_file():
            continue
        pictures.add(picture)
        arrays = _read(picture)
        if arrays is None:
            continue
        task = joined(identity.result_name(vars(record)), details[record.case[: len(TASK)]])
        result = identity.key(vars(record), RESULT)
        if result not in inputs:
            inputs.add(result)
            yield Thumb(task=task, source=_image(arrays["input"], "gray"), caption="input")
        yield from _result(record.backend, arrays, task)


def _read(picture: Path) -> dict[str, Pixels] | None:
    """Return the arrays of a picture; None where it cannot be read."""
    try:
        with np.load(picture) as archive:
            return {name: archive[name] for name in ("input", "output", "error")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _result(backend: str, arrays: dict[str, Pixels], task: str) -> Iterator[Thumb]:
    yield Thumb(task=task, source=_image(arrays["output"], "viridis"), caption=backend)
    error = np.nan_to_num(arrays["error"], nan=0.0, posinf=2 * WORST)
    if error.any():
        largest = "NaN on one side only" if np.isinf(arrays["error"]).any() else f"at most {error.max():.1e}"
        source = _image(error, "magma", limits=(0.0, WORST))
        yield Thumb(task=task, source=source, caption=f"errors of {backend}, {largest}")


def _image(pixels: Pixels, colours: str, limits: tuple[float, float] | None = None) -> str:
    return _drawn(pixels.tobytes(), pixels.shape, colours, limits)


@cache
def _drawn(data: bytes, shape: tuple[int, ...], colours: str, limits: tuple[float, float] | None) -> str:
    """Return a PNG; the colours span the 1st to 99th percentile or ``limits``, nodata is transparent."""
    pixels = np.frombuffer(data, np.float32).reshape(shape)
    finite = pixels[np.isfinite(pixels)]
    low, high = limits or (np.percentile(finite, (1, 99)) if finite.size else (0.0, 1.0))
    scaled = (pixels - low) / max(high - low, np.finfo(np.float32).tiny)
    coloured = colormaps[colours](np.ma.masked_invalid(scaled), bytes=True)
    coloured[~np.isfinite(pixels), 3] = 0
    file = io.BytesIO()
    imsave(file, coloured, format="png")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
