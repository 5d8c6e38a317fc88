"""The verdict on all repeats of a case, from the verification of their results."""

from collections.abc import Sequence
from typing import Any

from rasterbout.measure.messages import Repeated, Verified

WRITTEN_SHARE = 0.9
"""Of the bytes of a result, what must have been written while the clock ran; all of it, but for the counters' delay."""


def verdict_on(repeats: Sequence[Repeated], found: Sequence[Verified | str]) -> dict[str, Any]:
    """Return status, reason and verification measures as fields of a record: those of the first bad repeat, if any.

    Parameters
    ----------
    found
        The verification of the result of each repeat, or why there is none.
    """
    right = []
    for number, (repeat, one) in enumerate(zip(repeats, found, strict=True), start=1):
        if isinstance(one, str):
            return {"status": "crashed", "reason": _of_one(number, repeats, one)}
        status = "wrong" if one.status == "ok" and _not_written(repeat) else one.status
        if status != "ok":
            reason = one.reason or _not_written(repeat)
            return _compared([one]) | {"status": status, "reason": _of_one(number, repeats, reason)}
        right.append(one)
    return _compared(right) | {"status": "ok", "reason": ""}


def _not_written(repeat: Repeated) -> str:
    """Return why a right result was not made in its repeat: linked, say, or moved into place; empty if it was."""
    written = repeat.repeat["written_bytes"]
    if written >= WRITTEN_SHARE * repeat.result_bytes:
        return ""
    return (
        f"it wrote {written} bytes, and its result has {repeat.result_bytes}: the file was made before, or by writes "
        "that no counter sees, as to mapped memory"
    )


def _of_one(number: int, repeats: Sequence[Repeated], reason: str) -> str:
    """Return the reason of one repeat, with its number if the results differ."""
    differ = len({one.digest for one in repeats}) > 1
    return f"repeat {number} of {len(repeats)}: {reason}" if differ else reason


def _compared(verdicts: list[Verified]) -> dict[str, Any]:
    """Return the record fields for results that were compared."""
    errors = [one.max_error for one in verdicts if one.max_error is not None]
    return {
        "pixels_compared": min(one.pixels_compared for one in verdicts),
        "pixels_left_out": max(one.pixels_left_out for one in verdicts),
        "pixels_wrong": max(one.pixels_wrong for one in verdicts),
        "max_error": max(errors, default=None),
        "tolerance": verdicts[0].tolerance,
        "verify_s": sum(one.verify_s or 0.0 for one in verdicts),
    }
