"""How much longer a run will take, learnt from what it has measured so far."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

from rasterbout.identity import Key
from rasterbout.record import Record


class Forecast:
    """Expects of a case what it took before, of a new one what all took on average."""

    def __init__(self) -> None:
        self._elapsed_s: dict[Key, list[float]] = defaultdict(list)

    def learn(self, record: Record) -> None:
        """Remember how long the process of ``record`` took."""
        if record.elapsed_s is not None:
            self._elapsed_s[record.case].append(record.elapsed_s)

    def left_s(self, cells: Iterable[tuple[Key, int]]) -> float | None:
        """Return how many seconds ``cells`` will take, None while nothing is known."""
        means = {key: fmean(elapsed_s) for key, elapsed_s in self._elapsed_s.items()}
        if not means:
            return None
        usual_s = fmean(means.values())
        return sum(means.get(key, usual_s) for key, _ in cells)


def in_words(left_s: float | None) -> str:
    """Return a duration as people say it."""
    if left_s is None:
        return "time left unknown"
    if left_s < 90:
        return f"about {left_s:.0f} s left"
    minutes = round(left_s / 60)
    return f"about {minutes} min left" if minutes < 90 else f"about {minutes // 60} h {minutes % 60} min left"
