"""Times of two sides, measured in pairs, case by case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rasterbout.errors import RasterboutError
from rasterbout.identity import Key

Side = Literal["base", "head"]
SIDES: tuple[Side, Side] = ("base", "head")


class Broken(RasterboutError):
    """The comparison itself could not be made."""

    exit_status = 4


@dataclass(kw_only=True)
class CasePairs:
    """The pairs of one case.

    Attributes
    ----------
    key, name
        Key and display name of the case.
    base_s, head_s
        Times in seconds; the n-th of both form a pair.
    wrong
        Why the pixels of a side are wrong; empty if both are right.
    broken
        Why a side could not be measured; empty if both could.
    left_out
        Why neither side can do the operation; empty if one can.
    """

    key: Key
    name: str
    base_s: list[float] = field(default_factory=list)
    head_s: list[float] = field(default_factory=list)
    wrong: str = ""
    broken: str = ""
    left_out: str = ""

    def add(self, seconds: Mapping[Side, float]) -> None:
        """Add one pair."""
        self.base_s.append(seconds["base"])
        self.head_s.append(seconds["head"])

    def join(self, other: "CasePairs") -> None:
        """Add the pairs of ``other``, and why it could not be measured if that is not known already."""
        self.base_s += other.base_s
        self.head_s += other.head_s
        self.wrong = self.wrong or other.wrong
        self.broken = self.broken or other.broken
        self.left_out = self.left_out or other.left_out


def blame(case: CasePairs, endings: Mapping[Side, tuple[str, str]]) -> None:
    """Note the status and reason of each side that failed."""
    statuses = {status for status, _ in endings.values()}
    reasons = "; ".join(f"{side}: {status}: {reason}" for side, (status, reason) in endings.items())
    if len(endings) == len(SIDES) and statuses <= {"unavailable", "unsupported"}:
        case.left_out = reasons
    elif "wrong" in statuses:
        case.wrong = case.wrong or reasons
    else:
        case.broken = case.broken or reasons


def expected(cases: Iterable[CasePairs]) -> Sequence[CasePairs]:
    """Return the cases that at least one side claims to be able to do."""
    return [case for case in cases if not case.left_out]
