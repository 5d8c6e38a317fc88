"""How much to measure: sizes, chunks, workers, rounds and repeats, in one place for all who measure."""

from dataclasses import dataclass

from rasterbout.operation import OPERATIONS, Superimpose
from rasterbout.yardsticks import YARDSTICKS


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A dataset, and the operations that are measured on it.

    Attributes
    ----------
    size
        Edge in pixels, where it can be chosen.
    optional
        Whether a run goes on without it where it cannot be had.
    """

    name: str
    size: int | None = None
    operations: tuple[str, ...] = OPERATIONS
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A choice of what to measure, and how often."""

    datasets: tuple[Measured, ...]
    chunks: tuple[int | None, ...]
    workers: tuple[int, ...]
    rounds: int
    repeats: int
    timeout_s: float
    yardsticks: tuple[str, ...] = ()


REAL = (
    Measured(name="toulouse", optional=True),
    Measured(name="toulouse-2m4", operations=(Superimpose.name,), optional=True),
)

PRESETS: dict[str, Preset] = {
    "smoke": Preset(
        datasets=(Measured(name="s2-tile", size=512), *REAL),
        chunks=(256,),
        workers=(1,),
        rounds=1,
        repeats=1,
        timeout_s=120,
    ),
    "quick": Preset(
        datasets=(Measured(name="s2-tile", size=2048), *REAL),
        chunks=(512,),
        workers=(2,),
        rounds=1,
        repeats=3,
        timeout_s=120,
    ),
    "full": Preset(
        datasets=(Measured(name="s2-tile", size=10980), *REAL),
        chunks=(1024,),
        workers=(2,),
        rounds=3,
        repeats=1,
        timeout_s=900,
        yardsticks=tuple(YARDSTICKS),
    ),
}
