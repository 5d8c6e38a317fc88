"""The messages between a run, the supervisor of a case and its worker.

A run and a supervisor may be of two versions of rasterbout, when `rasterbout compare` measures two revisions: their
messages may gain fields but not lose any.
"""

from dataclasses import dataclass, field
from typing import Any

from rasterbout.case import Cache
from rasterbout.contract import Layout
from rasterbout.record import Status
from rasterbout.resources import Resources


@dataclass(frozen=True, kw_only=True)
class Work:
    """The work of a worker: operations as JSON, and a backend; None to measure the floor of the first operation.

    With ``floor``, the floor is measured where the sessions of the backend work.
    """

    backend: str | None
    operations: list[dict[str, Any]]
    resources: Resources
    layout: Layout
    cache: Cache
    floor: bool = False


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of the backend: total time in seconds, memory in bytes (None: no limit), and the cores it may use.

    Of an operation that has been timed for ``enough_s``, no more repeats are done; None for no such limit.
    """

    timeout_s: float
    memory_limit: int | None
    cores: list[int]
    enough_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """From the run: the first message. The supervisor creates the folder ``scratch`` for outputs, and removes it.

    ``flames`` is the file for the stacks of the timed repeats; empty to sample none. ``inputs`` are the files that the
    worker may read, but not change.
    """

    work: Work
    limits: Limits
    scratch: str
    flames: str = ""
    inputs: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Start:
    """To the worker: its work, its start time on the clock of `time.monotonic`, and how its lines begin."""

    start: Work
    scratch: str
    started_s: float
    key: str


@dataclass(frozen=True, kw_only=True)
class Do:
    """From the run, passed on to the worker: perform the operation of this number once."""

    do: int
    timed: bool


@dataclass(frozen=True, kw_only=True)
class Close:
    """From the run: close the session and verify the results.

    ``known`` holds the digests, by number of the operation, of results that are already verified;
    ``pictures`` holds the files for pictures of results, by number of the operation.
    """

    pictures: dict[str, str] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A distinct output file: number of the operation, digest of the bytes, and path."""

    index: int
    digest: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Verify:
    """To the worker: close the session and verify these results."""

    verify: list[Result]
    pictures: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Go:
    """To the worker: the supervisor has sampled its processes; continue."""

    go: bool = True


@dataclass(frozen=True, kw_only=True)
class Ready:
    """From the worker: waiting for `Do` or `Verify`."""

    ready: bool = True


@dataclass(frozen=True, kw_only=True)
class Begin:
    """From the worker: a timed repeat of this operation begins; see `End`."""

    begin: int
    reaped_cpu_s: float


@dataclass(frozen=True, kw_only=True)
class End:
    """From the worker: the repeat has ended; ``reaped_cpu_s`` is the CPU time of its reaped children so far.

    ``elsewhere`` holds the usage of each other host by name, as the fields of `rasterbout.measure.meter.Usage`.
    """

    end: int
    reaped_cpu_s: float
    wall_s: float
    cache: str
    elsewhere: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HostFloors:
    """To the run: the median time of each host's share of the floor in seconds."""

    host_floors_s: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Done:
    """From the worker: the session is closed, and the backend is done."""

    done: bool = True


@dataclass(frozen=True, kw_only=True)
class Versions:
    """To the run: the versions of the backend's libraries."""

    versions: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Unable:
    """To the run: why the backend cannot do an operation, by its number."""

    unable: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Started:
    """To the run: the session is open; ``startup_s`` is the time since the start of the process.

    ``hosts`` and ``dashboard`` are those of `rasterbout.contract.Hosts`.
    """

    startup_s: float
    hosts: list[str] = field(default_factory=list)
    dashboard: str = ""


@dataclass(frozen=True, kw_only=True)
class Warmed:
    """To the run: a warm-up was done. ``index`` is -1 from older versions."""

    warmed_s: float
    index: int = -1


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """To the run: a timed repeat was done.

    ``repeat`` holds the measures by name, the cache state and a timeline. ``digest`` is the digest of
    the output file: None without a file, empty if not computed. ``index`` is -1 and ``result_bytes``, the size of
    the file, 0 from older versions.
    """

    repeat: dict[str, Any]
    index: int = -1
    digest: str | None = ""
    result_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Verified:
    """To the run: the verification of one result. ``index`` is -1 from older versions."""

    operation: str
    status: Status
    reason: str
    index: int = -1
    digest: str = ""
    pixels_compared: int = 0
    pixels_left_out: int = 0
    pixels_wrong: int = 0
    max_error: float | None = None
    tolerance: float | None = None
    verify_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Ended:
    """To the run: the final status, unless the verified results determine it."""

    status: Status
    reason: str = ""
    printed: str = ""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """To the run, last: the end of the output of the worker's processes, and a note of the supervisor."""

    printed: str
    note: str = ""
