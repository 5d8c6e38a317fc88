"""Which backend to use: the fastest, the leanest in memory and in CPU time, and who is too close to call."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rasterbout.record import Record
from rasterbout.reports.ratio import Ratio, paired_ratio

BASELINE = "dask-notebook"
CLOSE_MEMORY = 0.05
"""Peaks that differ by less than this share are the same: that is how well memory is measured."""

Rounds = Mapping[int, float]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A backend with a chunk and workers, all of whose rounds had right pixels.

    ``wall_s`` and ``cpu_s`` are by round, in seconds, without unfit rounds, ``cpu_s`` of none where it was
    not measured; ``peak_bytes`` is the largest of all rounds, None where it was not measured;
    ``of_limit`` the median share ``floor_s / wall_s``, None without a floor.
    """

    backend: str
    chunk: str
    workers: int
    threads: int
    wall_s: Rounds
    cpu_s: Rounds
    peak_bytes: int | None
    of_limit: float | None

    @property
    def median_wall_s(self) -> float:
        """The median of the rounds, in seconds."""
        return median(self.wall_s.values())

    @property
    def threads_in_all(self) -> int:
        """How many pieces are in work at once."""
        return self.workers * self.threads


@dataclass(frozen=True, kw_only=True)
class Best:
    """The best by one measure.

    Attributes
    ----------
    choice
        The best setting of the best backend.
    close
        The best settings of other backends that may as well be as good.
    next, behind
        The best backend that is surely worse, and how many times as much it takes; None where there is none.
    """

    choice: Candidate
    close: Sequence[Candidate]
    next: Candidate | None
    behind: Ratio | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What to use for one operation on one dataset.

    ``memory`` and ``cpu`` are None where no backend's was measured; ``baseline`` is how many times the
    baseline takes.
    """

    time: Best
    memory: Best | None
    cpu: Best | None
    baseline: Ratio | None


def answer(records: Iterable[Record]) -> Answer | None:
    """Return the answer for the `usable` records of one task, None where no backend was timed with right pixels."""
    found = candidates(records)
    if not found:
        return None
    time = best(found, _wall_s, time_ratio)
    weighed = [one for one in found if one.peak_bytes is not None]
    counted = [one for one in found if one.cpu_s]
    baselines = [one for one in found if one.backend == BASELINE and one.backend != time.choice.backend]
    return Answer(
        time=time,
        memory=best(weighed, _peak_bytes, _memory_ratio) if weighed else None,
        cpu=best(counted, _cpu_s, _paired(_cpu_s)) if counted else None,
        baseline=time_ratio(min(baselines, key=_typical(_wall_s)), time.choice) if baselines else None,
    )


def candidates(records: Iterable[Record]) -> list[Candidate]:
    """Return the settings whose rounds all ended well, and of which one at least was fit."""
    by_setting: dict[tuple[str, str, int, int], list[Record]] = {}
    for record in records:
        setting = record.backend, str(record.chunk), record.workers, record.threads
        by_setting.setdefault(setting, []).append(record)
    return [
        _candidate(setting, rounds)
        for setting, rounds in by_setting.items()
        if all(record.status == "ok" for record in rounds) and any(record.wall_s for record in rounds)
    ]


def best(
    found: Sequence[Candidate],
    measure: Callable[[Candidate], Rounds | float],
    ratio: Callable[[Candidate, Candidate], Ratio],
) -> Best:
    """Return the best of ``found`` by the median of ``measure``, each backend with its best setting.

    ``ratio`` says how many times as much one takes as another, with an interval.
    """
    first, *others = best_of_each(found, _typical(measure))
    ratios = [(one, ratio(one, first)) for one in others]
    worse = [(one, behind) for one, behind in ratios if behind.can_be_called]
    following, behind = worse[0] if worse else (None, None)
    return Best(
        choice=first, close=[one for one, behind in ratios if not behind.can_be_called], next=following, behind=behind
    )


def best_of_each(found: Iterable[Candidate], key: Callable[[Candidate], float]) -> list[Candidate]:
    """Return the setting of each backend with the smallest ``key``, the smallest of all first."""
    firsts: dict[str, Candidate] = {}
    for one in sorted(found, key=key):
        firsts.setdefault(one.backend, one)
    return list(firsts.values())


def time_ratio(one: Candidate, other: Candidate) -> Ratio:
    """Return how many times as long ``one`` takes as ``other``, paired round by round."""
    return _paired(_wall_s)(one, other)


def _candidate(setting: tuple[str, str, int, int], rounds: Sequence[Record]) -> Candidate:
    backend, chunk, workers, threads = setting
    timed = [record for record in rounds if record.wall_s]
    peaks = [record.peak_bytes for record in rounds if record.peak_bytes]
    shares = [record.floor_s / record.median_wall_s for record in timed if record.floor_s is not None]
    return Candidate(
        backend=backend,
        chunk=chunk,
        workers=workers,
        threads=threads,
        wall_s={record.round: record.median_wall_s for record in timed},
        cpu_s={record.round: median(record.cpu_s) for record in timed if record.cpu_s},
        peak_bytes=max(peaks, default=None),
        of_limit=median(shares) if shares else None,
    )


def _wall_s(one: Candidate) -> Rounds:
    return one.wall_s


def _cpu_s(one: Candidate) -> Rounds:
    return one.cpu_s


def _typical(measure: Callable[[Candidate], Rounds | float]) -> Callable[[Candidate], float]:
    def value(one: Candidate) -> float:
        measured = measure(one)
        return measured if isinstance(measured, float) else median(measured.values())

    return value


def _paired(measure: Callable[[Candidate], Rounds]) -> Callable[[Candidate, Candidate], Ratio]:
    def ratio(one: Candidate, other: Candidate) -> Ratio:
        ones, others = measure(one), measure(other)
        common = sorted(ones.keys() & others.keys())
        if not common:
            return Ratio(value=float("nan"), low=0.0, high=float("inf"), p=1.0)
        return paired_ratio([ones[number] for number in common], [others[number] for number in common])

    return ratio


def _peak_bytes(one: Candidate) -> float:
    return float(one.peak_bytes or "nan")


def _memory_ratio(one: Candidate, other: Candidate) -> Ratio:
    value = _peak_bytes(one) / _peak_bytes(other)
    low, high = value * (1 - CLOSE_MEMORY), value * (1 + CLOSE_MEMORY)
    return Ratio(value=value, low=low, high=high, p=0.0 if low > 1 or high < 1 else 1.0)
