"""Messages as lines: one JSON object each, which is recognised by its first field."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar, get_type_hints

from rasterbout.contract import Layout
from rasterbout.measure.messages import (
    Begin,
    Close,
    Do,
    Done,
    End,
    Ended,
    Go,
    HostFloors,
    Limits,
    Printed,
    Ready,
    Repeated,
    Request,
    Result,
    Start,
    Started,
    Unable,
    Verified,
    Verify,
    Versions,
    Warmed,
    Work,
)
from rasterbout.resources import Resources
from rasterbout.safe_text import safe

KINDS: tuple[type, ...] = (
    Request, Start, Do, Verify, Go, Ready, Begin, End, Done, Versions, Unable, Started, Warmed, Repeated, Verified,
    HostFloors, Ended, Printed, Close,
)  # fmt: skip
NESTED = {"work": Work, "start": Work, "limits": Limits, "resources": Resources, "layout": Layout}

Message = TypeVar("Message")


TEXTS = {"reason", "printed", "note", "unable", "versions", "hosts", "dashboard"}
"""Fields with text that comes from backends. Others are measured, or are paths, which must stay as they are."""


def encode(message: Any) -> bytes:
    """Return ``message`` as a line, its texts made safe."""
    found = {name: safe(value) if name in TEXTS else value for name, value in asdict(message).items()}
    return json.dumps(found).encode() + b"\n"


def decode(line: bytes | str) -> Any:
    """Return the message of a line: one of `KINDS`.

    Raises
    ------
    ValueError
        The line is not a message, for example because it was cut off.
    """
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError(f"{found!r:.60} is not a message")  # noqa: TRY004  the caller's line is bad, not its type
    kind = next((kind for kind in KINDS if fields(kind)[0].name in found), Close)
    return _made(kind, found)


def _made(kind: type[Message], found: Mapping[str, Any]) -> Message:
    """Return a dataclass from a JSON object; unknown fields are ignored."""
    names = get_type_hints(kind).keys() & found.keys()
    values = {name: _made(NESTED[name], found[name]) if name in NESTED else found[name] for name in names}
    if kind is Verify:
        values["verify"] = [Result(**one) for one in found["verify"]]
    return kind(**values)
