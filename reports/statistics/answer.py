"""Which backend to use: the fastest, and those with the least memory and CPU time, with those too close to call."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from rasterbout import identity
from rasterbout.identity import SETTING, Key
from rasterbout.measures import BY_NAME
from rasterbout.record import Record
from rasterbout.reports.statistics.ratio import Ratio, interval_of_mean, prior_of

BASELINE = "dask-notebook"
CLOSE_MEMORY = 0.05
"""Peaks that differ by less than this share are equal: memory is not measured more precisely."""

Rounds = Mapping[int, float]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A backend with a chunk and workers, right pixels in all rounds.

    Attributes
    ----------
    timed
        The records of the rounds that were timed and fit.
    wall_s, cpu_s
        Seconds by round, without unfit rounds; ``cpu_s`` is empty where it was not measured.
    peak_bytes
        The largest of all rounds, None where it was not measured.
    of_floor
        Median of ``floor_s / wall_s`` over the rounds, None without a floor.
    """

    backend: str
    chunk: str
    workers: int
    threads: int
    scheduler: str
    timed: Sequence[Record]
    wall_s: Rounds
    cpu_s: Rounds
    peak_bytes: int | None
    of_floor: float | None

    @property
    def median_wall_s(self) -> float:
        """The median of the rounds, in seconds."""
        return median(self.wall_s.values())

    @property
    def threads_in_all(self) -> int:
        """Number of pieces that are processed at once."""
        return self.workers * self.threads

    @property
    def name(self) -> str:
        """The backend with chunk and workers, in words."""
        return identity.setting_name(vars(self))


@dataclass(frozen=True, kw_only=True)
class Best:
    """The best by one measure.

    Attributes
    ----------
    choice
        The best setting of the best backend.
    close
        The best settings of other backends that do not differ significantly from it.
    next, behind
        The best backend that is significantly worse, and its ratio to the choice; None where there is none.
    unmeasured
        The backends of which no setting was measured.
    """

    choice: Candidate
    close: Sequence[Candidate]
    next: Candidate | None
    behind: Ratio | None
    unmeasured: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What to use for one operation on one dataset.

    ``memory`` and ``cpu`` are None where they were not measured; ``baseline`` is the time of the baseline
    as a ratio to that of the fastest.
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
    time = best(found, _wall_s, _paired(_wall_s, found))
    weighed = [one for one in found if one.peak_bytes is not None]
    counted = [one for one in found if one.cpu_s]
    baselines = [one for one in found if one.backend == BASELINE and one.backend != time.choice.backend]
    return Answer(
        time=time,
        memory=_best_of(weighed, found, _peak_bytes, _memory_ratio),
        cpu=_best_of(counted, found, _cpu_s, _paired(_cpu_s, counted)),
        baseline=time_ratio(min(baselines, key=_typical(_wall_s)), time.choice, found) if baselines else None,
    )


def candidates(records: Iterable[Record]) -> list[Candidate]:
    """Return the settings whose rounds all succeeded, and of which one at least was fit."""
    by_setting: dict[Key, list[Record]] = {}
    for record in records:
        by_setting.setdefault(identity.key(vars(record), SETTING), []).append(record)
    return [
        _candidate(rounds)
        for rounds in by_setting.values()
        if all(record.status == "ok" for record in rounds) and any(record.wall_s for record in rounds)
    ]


def best(
    found: Sequence[Candidate],
    measure: Callable[[Candidate], Rounds | float],
    ratio: Callable[[Candidate, Candidate], Ratio],
) -> Best:
    """Return the best of ``found`` by the median of ``measure``, each backend with its best setting.

    ``ratio`` gives the ratio of one to another, with an interval.
    """
    first, *others = best_of_each(found, _typical(measure))
    ratios = [(one, ratio(one, first)) for one in others]
    worse = [(one, behind) for one, behind in ratios if behind.can_be_called]
    following, behind = worse[0] if worse else (None, None)
    return Best(
        choice=first, close=[one for one, behind in ratios if not behind.can_be_called], next=following, behind=behind
    )


def _best_of(
    measured: Sequence[Candidate],
    found: Sequence[Candidate],
    measure: Callable[[Candidate], Rounds | float],
    ratio: Callable[[Candidate, Candidate], Ratio],
) -> Best | None:
    """Return the `best` of those measured among ``found``, None without any, with the names of the other backends."""
    if not measured:
        return None
    others = {one.backend for one in found} - {one.backend for one in measured}
    return replace(best(measured, measure, ratio), unmeasured=sorted(others))


def best_of_each(found: Iterable[Candidate], key: Callable[[Candidate], float]) -> list[Candidate]:
    """Return the setting of each backend with the smallest ``key``, the smallest of all first."""
    firsts: dict[str, Candidate] = {}
    for one in sorted(found, key=key):
        firsts.setdefault(one.backend, one)
    return list(firsts.values())


def time_ratio(one: Candidate, other: Candidate, found: Sequence[Candidate]) -> Ratio:
    """Return how many times as long ``one`` takes as ``other``, paired round by round.

    ``found`` are all candidates: how much their ratios vary says how much this one can.
    """
    return _paired(_wall_s, found)(one, other)


def _candidate(rounds: Sequence[Record]) -> Candidate:
    timed = [record for record in rounds if record.wall_s]
    peaks = [record.peak_bytes for record in rounds if record.peak_bytes]
    shares = [record.floor_s / record.median_wall_s for record in timed if record.floor_s is not None]
    return Candidate(
        backend=rounds[0].backend,
        chunk=str(rounds[0].chunk),
        workers=rounds[0].workers,
        threads=rounds[0].threads,
        scheduler=rounds[0].scheduler,
        timed=timed,
        wall_s={record.round: record.median_wall_s for record in timed},
        cpu_s={record.round: BY_NAME["cpu_s"].number(record.cpu_s) for record in timed if record.cpu_s},
        peak_bytes=max(peaks, default=None),
        of_floor=median(shares) if shares else None,
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


def _paired(
    measure: Callable[[Candidate], Rounds], found: Sequence[Candidate]
) -> Callable[[Candidate, Candidate], Ratio]:
    def ratio(one: Candidate, other: Candidate) -> Ratio:
        pairs = _in_common(measure(one), measure(other))
        if not pairs:
            return Ratio(value=float("nan"), low=0.0, high=float("inf"), p=1.0)
        prior = prior_of([_in_common(measure(each), measure(other)) for each in found if each is not other])
        return interval_of_mean(pairs, prior)

    return ratio


def _in_common(ones: Rounds, others: Rounds) -> list[float]:
    """Return the ratios of the rounds that both have."""
    return [ones[number] / others[number] for number in sorted(ones.keys() & others.keys())]


def _peak_bytes(one: Candidate) -> float:
    return float(one.peak_bytes or "nan")


def _memory_ratio(one: Candidate, other: Candidate) -> Ratio:
    value = _peak_bytes(one) / _peak_bytes(other)
    low, high = value * (1 - CLOSE_MEMORY), value * (1 + CLOSE_MEMORY)
    return Ratio(value=value, low=low, high=high, p=0.0 if low > 1 or high < 1 else 1.0)
