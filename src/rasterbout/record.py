"""What one measured process gave: a line of ``records.jsonl``."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from statistics import median
from typing import Any, Literal, get_args

from rasterbout.errors import BadInput

Status = Literal["ok", "wrong", "unavailable", "unsupported", "timeout", "memory", "crashed", "interrupted"]
STATUSES: tuple[str, ...] = get_args(Status)


@dataclass(frozen=True, kw_only=True)
class Record:
    """One measured process of one case.

    Times are in seconds, sizes in bytes, ``chunk`` and ``size`` in pixels. What was not measured is
    None, or an empty list. ``floor_s`` is the time that reading the same input bytes and writing as
    many output bytes took in the same round, with no computing.
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
    cache: str
    round: int
    status: Status
    reason: str = ""
    startup_s: float | None = None
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    peak_bytes: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    floor_s: float | None = None
    pixels_compared: int = 0
    max_error: float | None = None
    versions: dict[str, str] = field(default_factory=dict)
    started_at: str = ""
    timeline: list[dict[str, float]] = field(default_factory=list)

    @property
    def median_wall_s(self) -> float:
        """The median of the repeats; NaN where there is none."""
        return median(self.wall_s) if self.wall_s else float("nan")

    @property
    def cell(self) -> tuple[object, ...]:
        """What tells one measured process from all others of a run."""
        return tuple(getattr(self, name) for name in CELL)


CELL = (
    "operation", "backend", "dataset", "size", "layout", "compress", "chunk", "workers", "threads", "cache", "round",
)  # fmt: skip


def append_record(path: Path, record: Record) -> None:
    """Add a line to ``path`` and flush it."""
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(record)) + "\n")


def read_records(path: Path) -> list[Record]:
    """Read all records of ``path``.

    Raises
    ------
    BadInput
        A line is no record.
    """
    return list(_parse_lines(path))


def _parse_lines(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield _record(json.loads(line))
            except (TypeError, ValueError) as error:
                raise BadInput(f"{path}: line {number} is no record ({error}); remove that line") from error


def _record(values: dict[str, Any]) -> Record:
    unknown = set(values) - {known.name for known in fields(Record)}
    if unknown:
        raise ValueError(f"unknown field {', '.join(sorted(unknown))}")
    if values.get("status") not in STATUSES:
        raise ValueError(f"unknown status {values.get('status')!r}")
    return Record(**values)
