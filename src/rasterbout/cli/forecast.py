"""Predict the remaining time of a run from the cases measured so far."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

from rasterbout.identity import Key
from rasterbout.record import Record


class Forecast:
    """Predicts the mean time of earlier processes of a case, or the mean over all cases for a new one."""

    def __init__(self) -> None:
        self._elapsed_s: dict[Key, list[float]] = defaultdict(list)

    def learn(self, record: Record) -> None:
        """Add the elapsed time of the process of ``record``."""
        if record.elapsed_s is not None:
            self._elapsed_s[record.case].append(record.elapsed_s)

    def left_s(self, cells: Iterable[tuple[Key, int]]) -> float | None:
        """Return the predicted time of ``cells`` in seconds, None without any record."""
        means = {key: fmean(elapsed_s) for key, elapsed_s in self._elapsed_s.items()}
        if not means:
            return None
        usual_s = fmean(means.values())
        return sum(means.get(key, usual_s) for key, _ in cells)


def in_words(left_s: float | None) -> str:
    """Return the remaining time in words."""
    if left_s is None:
        return "time left unknown"
    if left_s < 90:
        return f"about {left_s:.0f} s left"
    minutes = round(left_s / 60)
    return f"about {minutes} min left" if minutes < 90 else f"about {minutes // 60} h {minutes % 60} min left"
