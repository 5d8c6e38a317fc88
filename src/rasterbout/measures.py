"""All measures: what each is called, in which unit, how repeats and rounds are summed up, how people read it.

Records, summaries, the terminal's tables, the page, CSV files and asv's benchmarks follow this table.
A new measure is a field of `Measures` here, and a value of that name from the meter for each repeat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from statistics import fmean, median, median_low
from typing import Any, Literal

Rounds = Literal["median", "mean", "min", "max"]
Repeats = Literal["each", "max", "median_low", ""]

NAN = float("nan")
UNITS = {"s": "seconds", "bytes": "bytes", "j": "joules"}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measure.

    Attributes
    ----------
    name
        Field of a record, and column of a summary.
    title
        What people call it.
    unit
        Of a record's field, or of what people read where ``scale`` is not 1.
    repeats
        How a record sums up the repeats of a process: ``each`` keeps a list, empty is measured once a process.
    repeat, rounds
        How a summary makes one number of a list of repeats, and of the rounds.
    less_is_better
        None where neither more nor less is better.
    scale, form
        What people read: the number times ``scale``, formatted as Python does.
    column
        Heading in the terminal's tables, of two lines; empty where it has no column.
    on_page
        Whether the page's table can show it.
    asv
        Name of the asv benchmark that tracks it; empty for none.
    """

    name: str
    title: str
    unit: str = ""
    repeats: Repeats = ""
    repeat: Literal["median", "mean"] = "median"
    rounds: Rounds = "median"
    less_is_better: bool | None = None
    scale: float = 1.0
    form: str = ".3g"
    column: str = ""
    on_page: bool = False
    asv: str = ""

    @property
    def unit_of_field(self) -> str:
        """The unit of a record's field, which the end of its name says."""
        return UNITS.get(self.name.rpartition("_")[2], self.title)

    def shown(self, value: float | None) -> str:
        """Return a value as people read it, without its unit; empty for none."""
        return "" if value is None or value != value else format(value * self.scale, self.form)  # noqa: PLR0124  NaN

    def of_repeats(self, values: Sequence[Any]) -> Any:
        """Return what a record holds of the values of all repeats, in their order."""
        if self.repeats == "each":
            return [value for value in values if value is not None]
        known = [value for value in values if value is not None]
        if not known:
            return None
        return max(known) if self.repeats == "max" else median_low(known)

    def number(self, held: Any) -> float:
        """Return the one number that a summary takes of a record's field, NaN where it was not measured."""
        if isinstance(held, list):
            if not held:
                return NAN
            return float(fmean(held) if self.repeat == "mean" else median(held))
        return NAN if held is None else float(held)


def _measure(default: Any, **how: Any) -> Any:
    """Declare a field of `Measures`; a list as default makes a new one for each record."""
    made: dict[str, Any] = {"default_factory": list} if isinstance(default, list) else {"default": default}
    return field(**made, metadata=how)


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What one process measured, in seconds, bytes, joules and pixels; None or an empty list where it did not.

    See `Measure` for what the arguments mean.
    """

    wall_s: list[float] = _measure(
        [], title="time", unit="s", repeats="each", less_is_better=True, form=".3f", column="wall\ns", on_page=True
    )
    """Time of each timed repeat."""
    cpu_s: list[float] = _measure(
        [], title="CPU time", unit="s", repeats="each", less_is_better=True, form=".3f", column="cpu\ns", on_page=True
    )
    """CPU time of all processes in each timed repeat."""
    energy_j: list[float] = _measure(
        [], title="energy of the processor", unit="J", repeats="each", repeat="mean", less_is_better=True,
        form=".1f", column="energy\nJ", on_page=True, asv="energy",
    )  # fmt: skip
    """Energy that the processor's packages took in each timed repeat, other work on the machine included."""
    peak_bytes: int | None = _measure(
        None, title="peak memory", unit="MB", repeats="max", rounds="max", less_is_better=True, scale=1e-6, form=".0f",
        column="peak\nMB", on_page=True, asv="peak_memory",
    )  # fmt: skip
    """The most anonymous and shared memory that all processes held at once, in any repeat."""
    read_bytes: int | None = _measure(None, title="read", unit="MB", repeats="median_low", scale=1e-6, form=".0f")
    """What passed through reading calls in a repeat."""
    written_bytes: int | None = _measure(None, title="written", unit="MB", repeats="median_low", scale=1e-6, form=".0f")
    """What passed through writing calls in a repeat."""
    sampling_gap_s: float | None = _measure(None, title="longest sampling gap", unit="s", repeats="max", rounds="max")
    """The longest time between two samples of the memory."""
    startup_s: float | None = _measure(
        None, title="start-up", unit="s", less_is_better=True, form=".2f", column="start\ns"
    )
    """From the start of the process to an open session."""
    warmup_s: float | None = _measure(None, title="warm-ups", unit="s")
    """All warm-ups together."""
    floor_s: float | None = _measure(None, title="floor", unit="s", form=".3f")
    """Reading the same pixels and writing as many output bytes, in the same round on the same cores, computing
    nothing."""
    floor_energy_j: float | None = _measure(None, title="energy of the floor", unit="J", rounds="mean", form=".1f")
    """Energy that the processor's packages took meanwhile."""
    pixels_compared: int = _measure(
        0, title="pixels compared", unit="pixels", rounds="min", form=".0f", column="pixels\nright"
    )
    """Pixels of the result that were compared with the oracle, and were right where the status is ok."""
    pixels_left_out: int = _measure(0, title="pixels left out", unit="pixels", rounds="max", form=".0f")
    """Pixels where tools differ by design."""
    pixels_wrong: int = _measure(0, title="pixels wrong", unit="pixels", rounds="max", form=".0f")
    """Pixels that differ by more than the tolerance."""
    max_error: float | None = _measure(
        None, title="largest error", unit="", rounds="max", less_is_better=True, form=".1e", column="max\nerror",
        asv="max_error",
    )  # fmt: skip
    """The largest error relative to its scale."""
    tolerance: float | None = _measure(None, title="tolerance", rounds="max", form=".0e")
    """The largest ``max_error`` that is right."""
    verify_s: float | None = _measure(None, title="verification", unit="s")
    """Comparing the results with the oracle; 0 where an equal result had been compared before."""


TABLE: tuple[Measure, ...] = tuple(Measure(name=one.name, **one.metadata) for one in fields(Measures))
BY_NAME: dict[str, Measure] = {one.name: one for one in TABLE}
OF_REPEATS: tuple[Measure, ...] = tuple(one for one in TABLE if one.repeats)
"""Those that the meter gives for each repeat."""

FLOOR_SHARE = Measure(
    name="of_floor", title="floor's share of the time", unit="%", less_is_better=False, scale=100, form=".1f",
    column="floor\n%", on_page=True,
)  # fmt: skip
FLOOR_ENERGY_SHARE = Measure(
    name="of_floor_energy", title="floor's share of the energy", unit="%", less_is_better=False, scale=100, form=".1f",
    column="floor\n% J",
)  # fmt: skip
DERIVED: tuple[tuple[Measure, str, str], ...] = (
    (FLOOR_SHARE, "floor_s", "wall_s"),
    (FLOOR_ENERGY_SHARE, "floor_energy_j", "energy_j"),
)
"""Ratios of two measures of a summary: name, numerator, denominator."""


def summed_up(repeats: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fields of a record that the values of all timed repeats give together; nothing without a repeat."""
    if not repeats:
        return {}
    return {one.name: one.of_repeats([repeat.get(one.name) for repeat in repeats]) for one in OF_REPEATS}
