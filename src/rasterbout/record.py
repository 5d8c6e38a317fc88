"""The record of one measured process: a line of ``records.jsonl``."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import Any, Literal

from rasterbout import identity
from rasterbout.identity import Key
from rasterbout.measures import Measures

Status = Literal["ok", "wrong", "unavailable", "unsupported", "timeout", "memory", "crashed", "interrupted"]

SCHEMA = 2
"""Version of the record's fields. Records without one are of version 1: they lack bands and reference grid."""


@dataclass(frozen=True, kw_only=True)
class Record(Measures):
    """One measured process of one case; its measures are described in `Measures`.

    ``chunk`` and ``size`` are in pixels.

    Attributes
    ----------
    parameters
        All parameters of the operation: band numbers, factor, resampling, reference grid.
    factor, resampling
        Two of the parameters, as separate fields as in version 1.
    inputs
        Paths of the input files.
    input_blocks, input_dtype, input_compression
        Rows and columns of the blocks in which the first input stores its pixels, their type and compression.
    pixels
        Number of pixels of the largest grid among the inputs and the output.
    host
        Name of the machine that measured it.
    scheduler, hosts
        Address of the dask scheduler whose workers did the work, and the names of their hosts; empty if the processes
        were started on ``host``.
    host_floors_s
        Time of each host's share of the floor in seconds, by name; empty if the processes were started on ``host``.
    cores
        Number of cores to which all its processes were pinned; fewer than ``workers`` x ``threads`` if
        fewer are available. None for the workers of a scheduler, which are not pinned.
    cache_asked, cache
        State of the page cache of the inputs before each repeat: requested, and reached on every page.
    round
        From 1; each round measures every case once.
    reason, printed
        Reason for a failure, and the end of the output of its processes.
    picture
        Path of the picture of the backend's result, relative to the run folder; empty if there is none.
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
    schema: int = SCHEMA
    host: str = ""
    scheduler: str = ""
    hosts: list[str] = field(default_factory=list)
    host_floors_s: dict[str, float] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    input_blocks: list[int] = field(default_factory=list)
    input_dtype: str = ""
    input_compression: str = ""
    pixels: int | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    factor: int | None = None
    resampling: str | None = None
    cores: int | None = None
    cache: Literal["warm", "cold", "unknown"] = "unknown"
    reason: str = ""
    printed: str = ""
    picture: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    started_at: str = ""
    elapsed_s: float | None = None
    timeline: list[dict[str, float]] = field(default_factory=list)

    @property
    def median_wall_s(self) -> float:
        """Median time of the repeats in seconds; NaN if there are none."""
        return median(self.wall_s) if self.wall_s else float("nan")

    @cached_property
    def case(self) -> Key:
        """Key of the case."""
        return identity.key(vars(self))

    @property
    def cell(self) -> tuple[Key, int]:
        """Key of the process within a run: case and round."""
        return self.case, self.round

    @property
    def measured(self) -> bool:
        """Whether the outcome is final: False if the run was stopped or the backend was unavailable."""
        return self.status not in {"interrupted", "unavailable"}


def latest(records: Iterable[Record]) -> list[Record]:
    """Return the last record of each cell; a repeated measurement replaces the earlier one."""
    return list({record.cell: record for record in records}.values())
