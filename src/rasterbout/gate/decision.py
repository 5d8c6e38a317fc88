"""Decide on every case from its pairs of times, and derive the exit status."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from rasterbout.gate.pairs import CasePairs, expected

FALSE_DISCOVERIES = 0.05
"""False discovery rate of the differences that are reported."""

SMALLEST = 0.03
"""A smaller difference is not reported, however certain it is."""

BEYOND = 1e-9  # moves a shift just past a Walsh average

Finding = Literal["slower", "faster", "same", "inconclusive", "wrong", "broken", "left out"]


class ExitStatus(IntEnum):
    """Exit status of a comparison."""

    GOOD = 0
    REGRESSION = 1
    INCONCLUSIVE = 3
    BROKEN = 4
    WRONG = 5


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The finding for one case from its pairs.

    Attributes
    ----------
    ratio
        Hodges-Lehmann estimate of head / base; NaN without pairs.
    low, high
        The interval of ratios that these samples do not exclude; unbounded if they exclude none.
    p
        p-value of the signed-rank test for no difference, adjusted for the number of cases.
    """

    name: str
    finding: Finding
    pairs: int = 0
    ratio: float = math.nan
    low: float = 0.0
    high: float = math.inf
    p: float = math.nan
    reason: str = ""

    def describe(self) -> str:
        """Return the decision in words."""
        match self.finding:
            case "slower" | "faster":
                return f"{self.finding}: {self.ratio:.3f} x the time (p {self.p:.2g}, {self.pairs} pairs)"
            case "same":
                return f"no difference larger than {max(self.high, 1 / self.low) - 1:.1%} ({self.pairs} pairs)"
            case "inconclusive" if math.isinf(self.high):
                return f"inconclusive: {self.pairs} pairs cannot show any slowdown; measure more"
            case "inconclusive":
                return f"inconclusive: slowdowns of up to {self.high - 1:.0%} are not excluded ({self.pairs} pairs)"
            case _:
                return f"{self.finding}: {self.reason}"


def decide(cases: Sequence[CasePairs], detect: float) -> list[Decision]:
    """Return a decision for every case; slowdowns by the fraction ``detect`` must not go unnoticed.

    Uses Wilcoxon's signed-rank test on the logarithms of head / base, adjusted over the cases by the
    Benjamini-Hochberg procedure (scipy.stats.wilcoxon, scipy.stats.false_discovery_control).
    """
    sound = [case for case in cases if case.base_s and not (case.wrong or case.broken or case.left_out)]
    logs = [np.log(np.asarray(case.head_s) / np.asarray(case.base_s)) for case in sound]
    adjusted = [float(p) for p in stats.false_discovery_control([_p(values) for values in logs])] if logs else []
    judged = {case.key: _judge(case, values, p, detect) for case, values, p in zip(sound, logs, adjusted, strict=True)}
    return [judged.get(case.key) or _unsound(case) for case in cases]


def exit_status(cases: Sequence[CasePairs], decisions: Sequence[Decision]) -> ExitStatus:
    """Return the exit status: that of the worst finding, and never good if nothing was measured."""
    found = {decision.finding for decision in decisions}
    measured = sum(decision.pairs > 0 for decision in decisions)
    if "wrong" in found:
        return ExitStatus.WRONG
    if "broken" in found or measured < len(expected(cases)) or not measured:
        return ExitStatus.BROKEN
    if "slower" in found:
        return ExitStatus.REGRESSION
    return ExitStatus.INCONCLUSIVE if "inconclusive" in found else ExitStatus.GOOD


def _judge(case: CasePairs, logs: NDArray[np.float64], p: float, detect: float) -> Decision:
    estimate, low, high = (math.exp(number) for number in _interval(logs))
    finding: Finding = "same" if high <= 1 + detect else "inconclusive"
    if p <= FALSE_DISCOVERIES and max(estimate, 1 / estimate) > 1 + SMALLEST:
        finding = "slower" if estimate > 1 else "faster"
    return Decision(name=case.name, finding=finding, pairs=len(logs), ratio=estimate, low=low, high=high, p=p)


def _unsound(case: CasePairs) -> Decision:
    if case.wrong:
        return Decision(name=case.name, finding="wrong", reason=case.wrong)
    if case.left_out:
        return Decision(name=case.name, finding="left out", reason=case.left_out)
    return Decision(name=case.name, finding="broken", reason=case.broken or "no pair was measured")


def _p(logs: NDArray[np.float64]) -> float:
    return float(stats.wilcoxon(logs).pvalue) if np.any(logs) else 1.0


def _interval(logs: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the Hodges-Lehmann estimate, and the lowest and highest shift that the signed-rank test does not reject.

    Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, sections 3.2 and 3.3.
    """
    return float(np.median(_walsh_averages(logs))), -_highest(-logs), _highest(logs)


def _highest(logs: NDArray[np.float64]) -> float:
    """Return the largest shift that the test does not reject: one of the Walsh averages."""
    averages = _walsh_averages(logs)
    above = averages[averages >= np.median(averages)]
    rejected = bisect_left(above, x=True, key=lambda shift: _p(logs - (shift + BEYOND)) <= FALSE_DISCOVERIES)
    return float(above[rejected]) if rejected < len(above) else math.inf


def _walsh_averages(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    first, second = np.triu_indices(len(logs))
    return np.sort((logs[first] + logs[second]) / 2)
