"""Text that others have written, made safe for a terminal, a page and a file of records."""

from collections.abc import Callable
from typing import Any

MOST_CHARACTERS = 2000
"""Of a longer text of a backend its beginning is kept: it names the error."""

KEPT = "\n\t"


def safe(found: Any) -> Any:
    r"""Return a string as UTF-8 can hold it, without control characters and not too long; lists and objects likewise.

    What cannot stay is escaped as in Python's source: a lone surrogate as ``\udcff``, an escape as ``\x1b``.
    """
    return _changed(found, _safe)


def said(error: BaseException) -> str:
    """Return the kind of an exception and the first line of its text, made safe."""
    lines = str(error)[:MOST_CHARACTERS].strip().splitlines() or [""]
    return _safe(f"{type(error).__name__}: {lines[0]}")


def encodable(found: Any) -> Any:
    """Return a string as UTF-8 can hold it, but otherwise as it is; lists and objects likewise."""
    return _changed(found, lambda text: text.encode(errors="backslashreplace").decode())


def _changed(found: Any, change: Callable[[str], str]) -> Any:
    if isinstance(found, dict):
        return {_changed(name, change): _changed(value, change) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return [_changed(value, change) for value in found]
    return change(found) if isinstance(found, str) else found


def _safe(text: str) -> str:
    kept = text[:MOST_CHARACTERS]
    shown = "".join(one if one.isprintable() or one in KEPT else repr(one)[1:-1] for one in kept)
    return shown if len(text) == len(kept) else f"{shown}... ({len(text)} characters)"
