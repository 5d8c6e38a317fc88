"""How much to measure: sizes, chunks, workers, rounds and repeats, the same for all commands.

The environment overrides them: RASTERBOUT_SIZE (pixels), RASTERBOUT_CHUNKS (pixels or auto) and
RASTERBOUT_WORKERS, values separated by commas.
"""

import math
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

from rasterbout.contract import BLOCKS, COMPRESSIONS, Layout
from rasterbout.errors import BadInput
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.superimpose import Superimpose
from rasterbout.yardsticks import YARDSTICKS


@dataclass(frozen=True, kw_only=True)
class DatasetChoice:
    """A dataset, and the operations that are measured on it.

    Attributes
    ----------
    size
        Edge in pixels; None for a dataset of fixed size.
    layouts
        Layouts of its files and of the results.
    operations
        Names of the operations; None for all that its inputs allow.
    workers
        The numbers of workers with which it is measured; None for those of the run.
    optional
        Whether a run continues without the dataset if it is not available.
    """

    name: str
    size: int | None = None
    layouts: tuple[Layout, ...] = (Layout(),)
    operations: tuple[str, ...] | None = None
    workers: tuple[int, ...] | None = None
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A choice of what to measure, and how often.

    Attributes
    ----------
    rounds
        Number of rounds; of a race, the number in which every case is measured.
    budget_s
        Time of a race in seconds; None to measure every case in every round.
    weak
        Whether datasets of any size are also measured at the sizes of weak scaling, see `grown`.
    """

    datasets: tuple[DatasetChoice, ...]
    chunks: tuple[int | None, ...]
    workers: tuple[int, ...]
    rounds: int
    repeats: int
    timeout_s: float
    budget_s: float | None = None
    weak: bool = False
    yardsticks: tuple[str, ...] = ()


REAL = (
    DatasetChoice(name="toulouse", optional=True),
    DatasetChoice(name="toulouse-2m4", operations=(Superimpose.name,), optional=True),
)

STORED = DatasetChoice(
    name="s2-tile",
    size=2048,
    operations=(Ndvi.name, Downscale.name),  # ndvi writes twice what it reads, downscale hardly anything
    layouts=tuple(Layout(blocks=blocks, compression=how) for blocks, how in product(BLOCKS, COMPRESSIONS)),
)
"""A dataset in every layout."""

PRESETS: dict[str, Preset] = {
    "smoke": Preset(
        datasets=(DatasetChoice(name="s2-tile", size=512), *REAL),
        chunks=(256,),
        workers=(1,),
        rounds=1,
        repeats=1,
        timeout_s=120,
    ),
    "quick": Preset(
        datasets=(DatasetChoice(name="s2-tile", size=2048), *REAL),
        chunks=(512,),
        workers=(2,),
        rounds=3,
        repeats=3,
        timeout_s=120,
        budget_s=330,
    ),
    "gate": Preset(
        datasets=(DatasetChoice(name="s2-tile", size=1024),),
        chunks=(512,),
        workers=(2,),
        rounds=10,
        repeats=3,
        timeout_s=300,
    ),
    "full": Preset(
        datasets=(DatasetChoice(name="s2-tile", size=10980), *REAL, STORED),
        chunks=(1024,),
        workers=(2,),
        rounds=3,
        repeats=1,
        timeout_s=900,
        yardsticks=tuple(YARDSTICKS),
    ),
    "scaling": Preset(
        datasets=(DatasetChoice(name="s2-tile", size=2048, operations=(MeanNdvi.name,)),),
        chunks=(512,),  # 16 pieces of the smallest raster: one for each of 16 workers
        workers=(1, 2, 4, 8, 16),
        rounds=3,
        repeats=3,
        timeout_s=300,
        weak=True,
    ),
}

Value = TypeVar("Value")


def preset(name: str, environ: Mapping[str, str] = os.environ) -> Preset:
    """Return the preset ``name``, with the overrides in ``environ``.

    Raises
    ------
    BadInput
        The preset does not exist, or an environment variable has an invalid value.
    """
    if name not in PRESETS:
        raise BadInput(f"unknown preset '{name}': there are {', '.join(PRESETS)}")
    chosen = PRESETS[name]
    if sizes := _values(environ, "RASTERBOUT_SIZE", _positive):
        datasets = (replace(one, size=sizes[0]) if one.size is not None else one for one in chosen.datasets)
        chosen = replace(chosen, datasets=tuple(datasets))
    return replace(
        chosen,
        chunks=_values(environ, "RASTERBOUT_CHUNKS", _chunk) or chosen.chunks,
        workers=_values(environ, "RASTERBOUT_WORKERS", _positive) or chosen.workers,
    )


def grown(one: DatasetChoice, workers: Collection[int]) -> Iterator[DatasetChoice]:
    """Yield a dataset of any size as strong scaling needs it, then as weak scaling does.

    Strong scaling has one raster for all numbers of ``workers``. In weak scaling the number of pixels is in proportion
    to the workers, from that raster with the fewest: the edge grows by the square root, and each size is for its own
    number of workers alone.
    """
    yield one
    if one.size is not None:
        fewest, *more = sorted(set(workers))
        for number in more:
            yield replace(one, size=round(one.size * math.sqrt(number / fewest)), workers=(number,))


def _values(environ: Mapping[str, str], name: str, kind: Callable[[str], Value]) -> tuple[Value, ...]:
    try:
        return tuple(kind(word.strip()) for word in environ.get(name, "").split(",") if word.strip())
    except ValueError as error:
        raise BadInput(f"{name}={environ[name]}: {error}; write a number, or several separated by commas") from error


def _positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise ValueError("it must be 1 or more")
    return number


def _chunk(word: str) -> int | None:
    return None if word == "auto" else _positive(word)
