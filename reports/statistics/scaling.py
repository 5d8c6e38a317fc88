"""Strong and weak scaling: how efficient more workers are, with 95 % intervals.

Strong scaling: one raster, more workers; its bound is that of G. M. Amdahl, "Validity of the single processor approach
to achieving large scale computing capabilities", AFIPS Conference Proceedings 30 (1967), 483-485. Weak scaling: a
raster that grows with the workers, after J. L. Gustafson, "Reevaluating Amdahl's law", Communications of the ACM 31
(1988), 532-533.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rasterbout.race.variance import Prior
from rasterbout.record import Record
from rasterbout.reports.statistics.answer import Candidate, candidates
from rasterbout.reports.statistics.ratio import CONFIDENCE, Ratio, interval_of_mean, prior_of
from rasterbout.reports.statistics.tasks import TaskRecords, families, family_title

TOLERANCE = 0.05
"""Pixels that differ from the proportion to the workers by at most this share are those of weak scaling."""

UNKNOWN = Ratio(value=float("nan"), low=0.0, high=float("inf"), p=1.0)


@dataclass(frozen=True, kw_only=True)
class Point:
    """A backend with a number of workers, on a raster of a number of ``pixels``."""

    candidate: Candidate
    pixels: int

    @property
    def workers(self) -> int:
        """Number of pieces that are processed at once."""
        return self.candidate.threads_in_all

    @property
    def hosts(self) -> tuple[int, ...]:
        """The numbers of hosts that did the work: one, unless rounds differ."""
        return tuple(sorted({len(hosts_of(record)) for record in self.candidate.timed}))

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names of all its hosts, in any round."""
        return tuple(sorted({name for record in self.candidate.timed for name in hosts_of(record)}))

    @property
    def s_per_pixel(self) -> float:
        """Median time in seconds for each pixel."""
        return self.candidate.median_wall_s / self.pixels


@dataclass(frozen=True, kw_only=True)
class Series:
    """A backend with one chunk, at ascending numbers of workers.

    ``prior`` is what all series beside it show about how much ratios of times vary.
    """

    points: Sequence[Point]
    prior: Prior | None

    @property
    def backend(self) -> str:
        """The name of the backend."""
        return self.points[0].candidate.backend

    def relative_time(self, one: Point, other: Point, confidence: float = CONFIDENCE) -> Ratio:
        """Return how many times as long ``one`` takes for a pixel as ``other``.

        Times are paired by the rounds that the same machine measured; without any, the interval is infinite.
        """
        pairs = _pairs(one, other)
        return interval_of_mean(pairs, self.prior, confidence) if pairs else UNKNOWN

    def efficiency(self, point: Point) -> Ratio:
        """Return the time that is needed with ideal scaling from the fewest workers, as a share of that taken.

        With workers w, time T(w), pixels N(w), and 0 for the fewest, this is T(w0) w0 N(w) / (T(w) w N(w0)): in strong
        scaling T(w0) w0 / (T(w) w), and in weak scaling, where the pixels are in proportion, T(w0) / T(w). Where an
        edge of whole pixels makes them not quite so, the time for a pixel counts.
        """
        first = self.points[0]
        if point is first:
            return Ratio(value=1.0, low=1.0, high=1.0, p=1.0)
        return scaled(self.relative_time(first, point), first.workers / point.workers)


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """The series of tasks that differ in size alone, each backend with its fastest chunk.

    Attributes
    ----------
    strong
        Those of each task that was measured with several numbers of workers.
    weak
        Those over tasks whose pixels are in proportion to the workers.
    """

    title: str
    strong: Sequence[tuple[TaskRecords, Sequence[Series]]]
    weak: Sequence[Series]


def scalings(tasks: Iterable[TaskRecords]) -> Iterator[Scaling]:
    """Yield what was measured with several numbers of workers, the tasks that differ in size together."""
    for family in families(tasks):
        points = {id(task): _points(task) for task in family}
        strong = [(task, found) for task in family if (found := _strong(points[id(task)]))]
        distinct = len({task.fields["size"] for task in family}) == len(family)  # two grids of one size: no one curve
        weak = _weak([point for ones in points.values() for point in ones]) if distinct else []
        if strong or weak:
            yield Scaling(title=family_title(family), strong=strong, weak=weak)


def hosts_of(record: Record) -> Sequence[str]:
    """Return the names of the hosts that did the work."""
    return record.hosts or [record.host]


def scaled(ratio: Ratio, factor: float) -> Ratio:
    """Return a ratio and its interval, times a number."""
    return Ratio(value=ratio.value * factor, low=ratio.low * factor, high=ratio.high * factor, p=ratio.p)


def _points(task: TaskRecords) -> list[Point]:
    """Return the points of a task; the dataset's edge says the pixels of records that do not."""
    pixels = next((record.pixels for record in task.records if record.pixels), task.fields["size"] ** 2)
    return [Point(candidate=one, pixels=pixels) for one in candidates(task.records)]


def _strong(points: Iterable[Point]) -> list[Series]:
    found = (sorted(group, key=lambda one: one.workers) for group in _by_setting(points).values())
    return _best_of_each([group for group in found if len(group) > 1])


def _weak(points: Iterable[Point]) -> list[Series]:
    """Return for each setting the longest series of pixels in proportion to the workers, and of the most pixels."""
    longest = (
        max((_grown_from(first, group) for first in group), key=lambda ones: (len(ones), ones[0].pixels))
        for group in _by_setting(points).values()
    )
    return _best_of_each([group for group in longest if len(group) > 1])


def _grown_from(first: Point, group: Iterable[Point]) -> list[Point]:
    """Return ``first``, and for each larger number of workers the point whose pixels are nearest to the proportion."""
    nearest: dict[int, tuple[float, Point]] = {}
    for one in group:
        off = abs(one.pixels * first.workers / (first.pixels * one.workers) - 1)
        if one.workers > first.workers and off <= min(TOLERANCE, nearest.get(one.workers, (TOLERANCE, one))[0]):
            nearest[one.workers] = off, one
    return [first, *(nearest[workers][1] for workers in sorted(nearest))]


def _by_setting(points: Iterable[Point]) -> Mapping[tuple[object, ...], list[Point]]:
    """Return the points grouped by all but workers and size."""
    groups: dict[tuple[object, ...], list[Point]] = defaultdict(list)
    for point in points:
        groups[*_place(point.candidate), point.candidate.chunk].append(point)
    return groups


def _best_of_each(found: Iterable[Sequence[Point]]) -> list[Series]:
    """Return the series of each backend with the chunk of its fastest point, each with what all of them vary."""
    best: dict[tuple[object, ...], Sequence[Point]] = {}
    for points in sorted(found, key=lambda ones: min(one.s_per_pixel for one in ones)):
        best.setdefault(_place(points[0].candidate), points)
    prior = prior_of([_pairs(points[0], other) for points in best.values() for other in points[1:]])
    return [Series(points=points, prior=prior) for points in best.values()]


def _place(one: Candidate) -> tuple[object, ...]:
    """Return the backend, and whether it works for a scheduler, which may have another address in each run."""
    return one.backend, one.threads, bool(one.scheduler)


def _pairs(one: Point, other: Point) -> list[float]:
    """Return the ratios of the times for a pixel in the rounds that both have, measured by the same machine."""
    hosts = [{record.round: record.host for record in point.candidate.timed} for point in (one, other)]
    ones, others = one.candidate.wall_s, other.candidate.wall_s
    return [
        ones[number] / others[number] * other.pixels / one.pixels
        for number in sorted(ones.keys() & others.keys())
        if hosts[0][number] == hosts[1][number]
    ]
