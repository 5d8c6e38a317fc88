"""What one measured process gave: a line of ``records.jsonl``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

Status = Literal["ok", "wrong", "unavailable", "unsupported", "timeout", "memory", "crashed", "interrupted"]

Key = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One measured process of one case.

    Times are in seconds, sizes in bytes, ``chunk`` and ``size`` in pixels. What was not measured is
    None, or an empty list.

    Attributes
    ----------
    inputs, factor, resampling
        The files that were read, and what the operation was given besides.
    input_blocks
        Rows and columns of the blocks in which the first input stores its pixels.
    cores
        On how many cores all its processes were held; fewer than ``workers`` x ``threads`` where more
        was asked for than there is.
    cache_asked, cache
        State of the page cache of the inputs before each repeat: asked for, and reached on every page.
    round
        From 1; each round measures every case once.
    reason, printed
        Why it did not end well, and the end of what its processes printed.
    startup_s, warmup_s, wall_s
        From the start of the process to an open session; all warm-ups together; each timed repeat.
    cpu_s, peak_bytes, read_bytes, written_bytes
        Of all processes: CPU time of each repeat; the most anonymous and shared memory held at once in
        any repeat; what passed through reading and writing calls in a repeat.
    sampling_gap_s
        The longest time between two looks at the memory.
    floor_s
        What reading the same pixels and writing as many output bytes took in the same round, on the
        same cores, with no computing.
    pixels_compared, pixels_left_out, pixels_wrong, max_error, tolerance, verify_s
        Of the result against the oracle, with the largest ``max_error`` that is right, and how long
        comparing took.
    picture
        Where in the folder of the run the picture of this backend's result is; empty where there is none.
    timeline
        At most 200 points of the last repeat: ``t_s`` since its start, ``cpu_s``, ``read_bytes`` and
        ``written_bytes`` up to then, and the largest ``memory_bytes`` since the point before.
    """

    operation: str
    backend: str
    dataset: str
    size: int
    layout: str
    compress: str
    chunk: int | str
    workers: int
    threads: int
    cache_asked: str
    round: int
    status: Status
    inputs: list[str] = field(default_factory=list)
    input_blocks: list[int] = field(default_factory=list)
    factor: int | None = None
    resampling: str | None = None
    cores: int | None = None
    cache: Literal["warm", "cold", "unknown"] = "unknown"
    reason: str = ""
    printed: str = ""
    startup_s: float | None = None
    warmup_s: float | None = None
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    peak_bytes: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    sampling_gap_s: float | None = None
    floor_s: float | None = None
    pixels_compared: int = 0
    pixels_left_out: int = 0
    pixels_wrong: int = 0
    max_error: float | None = None
    tolerance: float | None = None
    verify_s: float | None = None
    picture: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    started_at: str = ""
    elapsed_s: float | None = None
    timeline: list[dict[str, float]] = field(default_factory=list)

    @property
    def median_wall_s(self) -> float:
        """The median of the repeats; NaN where there is none."""
        return median(self.wall_s) if self.wall_s else float("nan")

    @property
    def case(self) -> Key:
        """What tells one case from all others."""
        return case_key({name: getattr(self, name) for name in CASE})

    @property
    def cell(self) -> tuple[Key, int]:
        """What tells one measured process from all others of a run: case and round."""
        return self.case, self.round

    @property
    def measured(self) -> bool:
        """Whether there is nothing more to find out: False where it was stopped, or the backend was missing."""
        return self.status not in {"interrupted", "unavailable"}


CASE = (
    "operation", "inputs", "factor", "resampling", "backend", "dataset", "size", "layout", "compress", "chunk",
    "workers", "threads", "cache_asked",
)  # fmt: skip


def case_key(fields: Mapping[str, object]) -> Key:
    """Return what tells a case from all others, out of its ``fields`` of a record."""
    values = (fields[name] for name in CASE)
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def latest(records: Iterable[Record]) -> list[Record]:
    """Return the last record of each cell: one that was measured again replaces what it was before."""
    return list({record.cell: record for record in records}.values())
