"""From pairs of times to a verdict for every case, and an exit status."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from rasterbout.gate.pairs import CasePairs, expected

FALSE_DISCOVERIES = 0.05
"""Which share of the differences that are told may be none."""

SMALLEST = 0.03
"""A difference smaller than this is not told, however sure it is."""

LARGEST = math.log(100)  # of the slowdowns that are tried

Finding = Literal["slower", "faster", "same", "inconclusive", "wrong", "broken", "left out"]


class Outcome(IntEnum):
    """Exit status of a comparison."""

    GOOD = 0
    REGRESSION = 1
    INCONCLUSIVE = 3
    BROKEN = 4
    WRONG = 5


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the pairs of one case say.

    Attributes
    ----------
    ratio
        Geometric mean of head / base; NaN without pairs.
    p
        Of the signed-rank test that there is no difference, adjusted for the number of cases.
    detectable
        The smallest slowdown, as a share, that these samples would have shown; infinite where none would.
    """

    name: str
    finding: Finding
    pairs: int = 0
    ratio: float = math.nan
    p: float = math.nan
    detectable: float = math.inf
    reason: str = ""

    def describe(self) -> str:
        """Return the verdict as people say it."""
        match self.finding:
            case "slower" | "faster":
                return f"{self.finding}: {self.ratio:.3f} x the time (p {self.p:.2g}, {self.pairs} pairs)"
            case "same":
                return f"no difference larger than {self.detectable:.1%} ({self.pairs} pairs)"
            case "inconclusive" if math.isinf(self.detectable):
                return f"inconclusive: {self.pairs} pairs cannot show any slowdown; measure more"
            case "inconclusive":
                return f"inconclusive: only slowdowns of {self.detectable:.0%} or more would show ({self.pairs} pairs)"
            case _:
                return f"{self.finding}: {self.reason}"


def decide(cases: Sequence[CasePairs], detect: float) -> list[Verdict]:
    """Return a verdict for every case; slowdowns of the share ``detect`` must not go unnoticed.

    Wilcoxon's signed-rank test on the logarithms of head / base, over cases adjusted by Benjamini and
    Hochberg's procedure (scipy.stats.wilcoxon, scipy.stats.false_discovery_control).
    """
    sound = [case for case in cases if case.base_s and not (case.wrong or case.broken or case.left_out)]
    logs = [np.log(np.asarray(case.head_s) / np.asarray(case.base_s)) for case in sound]
    adjusted = [float(p) for p in stats.false_discovery_control([_p(values) for values in logs])] if logs else []
    judged = {
        case.name: _judge(case.name, values, p, detect, len(sound))
        for case, values, p in zip(sound, logs, adjusted, strict=True)
    }
    return [judged.get(case.name) or _unsound(case) for case in cases]


def outcome(cases: Sequence[CasePairs], verdicts: Sequence[Verdict]) -> Outcome:
    """Return the exit status: what is worst comes first, and nothing measured is not good."""
    found = {verdict.finding for verdict in verdicts}
    measured = sum(verdict.pairs > 0 for verdict in verdicts)
    if "wrong" in found:
        return Outcome.WRONG
    if "broken" in found or measured < len(expected(cases)) or not measured:
        return Outcome.BROKEN
    if "slower" in found:
        return Outcome.REGRESSION
    return Outcome.INCONCLUSIVE if "inconclusive" in found else Outcome.GOOD


def _judge(name: str, logs: NDArray[np.float64], p: float, detect: float, cases: int) -> Verdict:
    ratio, detectable = float(np.exp(logs.mean())), _detectable(logs, FALSE_DISCOVERIES / cases)
    sure = p <= FALSE_DISCOVERIES and abs(math.log(ratio)) > math.log(1 + SMALLEST)
    finding: Finding = "same" if detectable <= detect else "inconclusive"
    if sure:
        finding = "slower" if ratio > 1 else "faster"
    return Verdict(name=name, finding=finding, pairs=len(logs), ratio=ratio, p=p, detectable=detectable)


def _unsound(case: CasePairs) -> Verdict:
    if case.wrong:
        return Verdict(name=case.name, finding="wrong", reason=case.wrong)
    if case.left_out:
        return Verdict(name=case.name, finding="left out", reason=case.left_out)
    return Verdict(name=case.name, finding="broken", reason=case.broken or "no pair was measured")


def _p(logs: NDArray[np.float64]) -> float:
    return float(stats.wilcoxon(logs).pvalue) if np.any(logs) else 1.0


def _detectable(logs: NDArray[np.float64], significance: float) -> float:
    """Return the smallest slowdown that, put on top of these samples, the test would show even as the only one."""

    def shows(slowdown: float) -> float:
        return 1.0 if logs.mean() + slowdown > math.log(1 + SMALLEST) and _p(logs + slowdown) <= significance else -1.0

    if shows(LARGEST) < 0:
        return math.inf
    if shows(0.0) > 0:
        return 0.0
    return math.expm1(optimize.bisect(shows, 0.0, LARGEST, xtol=1e-4))
