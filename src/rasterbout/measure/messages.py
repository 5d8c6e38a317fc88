"""The messages between a run, the supervisor of a case and its worker: one JSON object a line.

A message is recognised by its first field. A run and a supervisor may be of two versions of rasterbout,
when `rasterbout compare` measures two revisions: what they exchange may gain fields, but lose none.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar, get_type_hints

from rasterbout.case import Cache
from rasterbout.contract import Layout
from rasterbout.record import Status
from rasterbout.resources import Resources


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a worker does: operations as JSON, by a backend, or the floor of the first where it is None."""

    backend: str | None
    operations: list[dict[str, Any]]
    resources: Resources
    layout: Layout
    cache: Cache


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds that the backend may take in all, bytes of memory (None: no limit), and the cores it may use."""

    timeout_s: float
    memory_limit: int | None
    cores: list[int]


@dataclass(frozen=True, kw_only=True)
class Request:
    """From the run: the first message. ``scratch`` is a folder for outputs, made before and removed after."""

    work: Work
    limits: Limits
    scratch: str


@dataclass(frozen=True, kw_only=True)
class Start:
    """To the worker: its work, and when the supervisor started it, on the clock of `time.monotonic`."""

    start: Work
    scratch: str
    started_s: float


@dataclass(frozen=True, kw_only=True)
class Do:
    """From the run, through to the worker: do the operation of this number once."""

    do: int
    timed: bool


@dataclass(frozen=True, kw_only=True)
class Close:
    """From the run: close the session and verify the results.

    ``known`` are digests, by number of the operation, of results that need not be verified again;
    ``picture`` is the file for a picture of the result, None for none.
    """

    picture: str | None = None
    known: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One of the different files that an operation left: its number, the digest of its bytes, and its path."""

    index: int
    digest: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Verify:
    """To the worker: close the session and verify these results."""

    verify: list[Result]
    picture: str | None


@dataclass(frozen=True, kw_only=True)
class Go:
    """To the worker: the supervisor has looked at its processes, it may go on."""

    go: bool = True


@dataclass(frozen=True, kw_only=True)
class Ready:
    """From the worker: it waits for a `Do` or a `Verify`."""

    ready: bool = True


@dataclass(frozen=True, kw_only=True)
class Begin:
    """From the worker: a timed repeat of this operation begins; see `End`."""

    begin: int
    reaped_cpu_s: float


@dataclass(frozen=True, kw_only=True)
class End:
    """From the worker: the repeat has ended; ``reaped_cpu_s`` is CPU time of its children that ended so far."""

    end: int
    reaped_cpu_s: float
    wall_s: float
    cache: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """From the worker: the session is closed, the backend has nothing more to do."""

    done: bool = True


@dataclass(frozen=True, kw_only=True)
class Versions:
    """To the run: the versions of what the backend uses."""

    versions: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Unable:
    """To the run: why the backend cannot do an operation, by its number."""

    unable: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Started:
    """To the run: the session is open, and how long that took from the start of the process."""

    startup_s: float


@dataclass(frozen=True, kw_only=True)
class Warmed:
    """To the run: a warm-up was done."""

    warmed_s: float


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """To the run: a timed repeat was done.

    ``repeat`` holds the measures by name, the state of the cache and a timeline. ``digest`` is that of
    the bytes of the file it left: None without a file, empty where it was not taken.
    """

    repeat: dict[str, Any]
    index: int = 0
    digest: str | None = ""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """To the run: what comparing one result with the oracle gave. ``index`` is -1 from older versions."""

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
    """To the run: how it ended, if nothing that was verified says so."""

    status: Status
    reason: str = ""
    printed: str = ""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """To the run, last: the end of what the worker's processes printed, and what the supervisor has to add."""

    printed: str
    note: str = ""


KINDS: tuple[type, ...] = (
    Request, Start, Do, Verify, Go, Ready, Begin, End, Done, Versions, Unable, Started, Warmed, Repeated, Verified,
    Ended, Printed, Close,
)  # fmt: skip
NESTED = {"work": Work, "start": Work, "limits": Limits, "resources": Resources, "layout": Layout}

Message = TypeVar("Message")


def encode(message: Any) -> bytes:
    """Return ``message`` as a line."""
    return json.dumps(asdict(message)).encode() + b"\n"


def decode(line: bytes | str) -> Any:
    """Return the message of a line: one of `KINDS`.

    Raises
    ------
    ValueError
        The line is no message, for example because it was cut off.
    """
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError(f"{found!r:.60} is no message")  # noqa: TRY004  the caller's line is bad, not its type
    kind = next((kind for kind in KINDS if fields(kind)[0].name in found), Close)
    return _made(kind, found)


def _made(kind: type[Message], found: Mapping[str, Any]) -> Message:
    """Return a dataclass from a JSON object; fields that it does not know are left out."""
    names = get_type_hints(kind).keys() & found.keys()
    values = {name: _made(NESTED[name], found[name]) if name in NESTED else found[name] for name in names}
    if kind is Verify:
        values["verify"] = [Result(**one) for one in found["verify"]]
    return kind(**values)
