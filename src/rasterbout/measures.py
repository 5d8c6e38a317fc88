"""All measures: name, unit, aggregation over repeats and rounds, and display format.

Records, summaries, the terminal's tables, the page, CSV files and asv's benchmarks follow this table.
To add a measure, add a field to `Measures` and have the meter report a value of that name for each repeat.
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
        Display name.
    unit
        Unit of the displayed value, which is the record's field times ``scale``.
    repeats
        Aggregation over the repeats of a process in a record: ``each`` keeps a list; empty if there is one value.
    repeat, rounds
        Aggregation over a list of repeats, and over rounds, in a summary.
    less_is_better
        None if neither more nor less is better.
    scale, form
        Factor of the displayed value, and its format specification.
    column
        Two-line heading in the terminal's tables; empty for no column.
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
        """Unit of the record's field, from the suffix of its name."""
        return UNITS.get(self.name.rpartition("_")[2], self.title)

    def shown(self, value: float | None) -> str:
        """Return a value formatted for display, without unit; empty for None and NaN."""
        return "" if value is None or value != value else format(value * self.scale, self.form)  # noqa: PLR0124  NaN

    def of_repeats(self, values: Sequence[Any]) -> Any:
        """Return the value of a record's field from the values of all repeats, in order."""
        if self.repeats == "each":
            return [value for value in values if value is not None]
        known = [value for value in values if value is not None]
        if not known:
            return None
        return max(known) if self.repeats == "max" else median_low(known)

    def number(self, held: Any) -> float:
        """Return the value of a record's field as a single number for a summary, NaN if not measured."""
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
    """Measurements of one process, in seconds, bytes, joules and pixels; None or an empty list if not measured.

    See `Measure` for the arguments.
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
    """Energy consumed by the processor's packages in each timed repeat, including other work on the machine."""
    peak_bytes: int | None = _measure(
        None, title="peak memory", unit="MB", repeats="max", rounds="max", less_is_better=True, scale=1e-6, form=".0f",
        column="peak\nMB", on_page=True, asv="peak_memory",
    )  # fmt: skip
    """Peak anonymous and shared memory of all processes together, over all repeats."""
    read_bytes: int | None = _measure(None, title="read", unit="MB", repeats="median_low", scale=1e-6, form=".0f")
    """Bytes passed through read calls in a repeat."""
    written_bytes: int | None = _measure(None, title="written", unit="MB", repeats="median_low", scale=1e-6, form=".0f")
    """Bytes passed through write calls in a repeat."""
    sampling_gap_s: float | None = _measure(None, title="longest sampling gap", unit="s", repeats="max", rounds="max")
    """Longest time between two memory samples."""
    startup_s: float | None = _measure(
        None, title="start-up", unit="s", less_is_better=True, form=".2f", column="start\ns"
    )
    """Time from the start of the process to an open session."""
    warmup_s: float | None = _measure(None, title="warm-ups", unit="s")
    """Total time of the warm-ups."""
    floor_s: float | None = _measure(None, title="floor", unit="s", form=".3f")
    """Time to read (and decode, if compressed) the same pixels and write the same number of bytes without computing
    anything, in the same round on the same cores."""
    floor_cpu_s: float | None = _measure(None, title="CPU time of the floor", unit="s", form=".3f")
    """CPU time of the floor: copying, and decoding of compressed input."""
    floor_energy_j: float | None = _measure(None, title="energy of the floor", unit="J", rounds="mean", form=".1f")
    """Energy consumed by the processor's packages during the floor."""
    pixels_compared: int = _measure(
        0, title="pixels compared", unit="pixels", rounds="min", form=".0f", column="pixels\nright"
    )
    """Pixels of the result that were compared with the oracle; all are right if the status is ok."""
    pixels_left_out: int = _measure(0, title="pixels left out", unit="pixels", rounds="max", form=".0f")
    """Pixels not compared because tools differ there by design."""
    pixels_wrong: int = _measure(0, title="pixels wrong", unit="pixels", rounds="max", form=".0f")
    """Pixels that differ by more than the tolerance."""
    max_error: float | None = _measure(
        None, title="largest error", unit="", rounds="max", less_is_better=True, form=".1e", column="max\nerror",
        asv="max_error",
    )  # fmt: skip
    """The largest error relative to its scale."""
    tolerance: float | None = _measure(None, title="tolerance", rounds="max", form=".0e")
    """The largest ``max_error`` that counts as right."""
    verify_s: float | None = _measure(None, title="verification", unit="s")
    """Time to compare the results with the oracle; 0 if an identical result had been compared before."""


TABLE: tuple[Measure, ...] = tuple(Measure(name=one.name, **one.metadata) for one in fields(Measures))
BY_NAME: dict[str, Measure] = {one.name: one for one in TABLE}
OF_REPEATS: tuple[Measure, ...] = tuple(one for one in TABLE if one.repeats)
"""Measures that the meter reports for each repeat."""
COSTS: tuple[Measure, ...] = tuple(one for one in TABLE if one.repeats == "each")
"""Measures of which a record keeps the value of every repeat; a wrong result has none."""

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
    """Return the record fields aggregated over all timed repeats; empty without repeats."""
    if not repeats:
        return {}
    return {one.name: one.of_repeats([repeat.get(one.name) for repeat in repeats]) for one in OF_REPEATS}
