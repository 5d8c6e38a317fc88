"""Resource usage of a process tree during one timed repeat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rasterbout.measure.energy import Energy
from rasterbout.measure.members import ProcessUsage
from rasterbout.measure.tree import Totals, Tree

SAMPLE_EVERY_S = 0.01
MOST_POINTS = 200

Point = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Resource usage of one repeat: those measures of `rasterbout.measures` that the supervisor takes.

    Attributes
    ----------
    cpu_s
        CPU time of all processes in seconds.
    energy_j
        Energy consumed by the processor's packages in joules; None if not readable.
    peak_bytes
        Peak anonymous and shared memory of all processes together.
    read_bytes, written_bytes
        Bytes passed through read and write calls, from and to the page cache or the disk.
    sampling_gap_s
        Longest time between two samples of the tree.
    timeline
        At most `MOST_POINTS` points: ``t_s`` since the start, ``cpu_s``, ``read_bytes`` and
        ``written_bytes`` up to then, and the largest ``memory_bytes`` since the point before.
    """

    cpu_s: float
    energy_j: float | None
    peak_bytes: int
    read_bytes: int
    written_bytes: int
    sampling_gap_s: float
    timeline: list[Point]


@dataclass
class _Extremes:
    """Extremes of one process's memory over the samples, and its high-water mark."""

    least_bytes: int
    file_bytes: int = 0
    high_bytes: int = 0
    shares: bool = False
    samples: int = 0

    def add(self, usage: ProcessUsage) -> None:
        self.least_bytes = min(self.least_bytes, usage.own_bytes)
        self.file_bytes = max(self.file_bytes, usage.file_bytes)
        self.high_bytes = max(self.high_bytes, usage.high_bytes)
        self.shares = self.shares or usage.forked or usage.shared_bytes > 0
        self.samples += 1


@dataclass
class Meter:
    """Samples a tree whose first process is ``child``, from the beginning to the end of a repeat."""

    tree: Tree
    child: int
    energy: Energy = field(default_factory=Energy)
    _energy_uj: list[int] = field(default_factory=list)
    _samples: list[Totals] = field(default_factory=list)
    _extremes: dict[tuple[int, bool], _Extremes] = field(default_factory=dict)  # a new program is another process

    @property
    def last_s(self) -> float:
        """Time of the last sample, on the clock of `time.monotonic`."""
        return self._samples[-1].at_s if self._samples else float("-inf")

    def begin(self, reaped_cpu_s: float) -> None:
        """Begin a repeat; ``reaped_cpu_s`` is the CPU time of the child's reaped children in seconds."""
        self._samples, self._extremes = [], {}
        self.tree.reset_peaks()
        self.sample(reaped_cpu_s)
        self._energy_uj = self.energy.read()

    def sample(self, reaped_cpu_s: float | None = None) -> Totals:
        """Take a sample of the tree."""
        usages = self.tree.usages()
        for pid, usage in usages.items():
            self._extremes.setdefault((pid, usage.forked), _Extremes(usage.own_bytes)).add(usage)
        totals = self.tree.totals(usages, self.child, reaped_cpu_s)
        self._samples.append(totals)
        return totals

    def end(self, reaped_cpu_s: float) -> Usage:
        """Take the last sample, and return the usage since `begin`."""
        energy_j = self.energy.joules(self._energy_uj, self.energy.read())
        last = self.sample(reaped_cpu_s)
        first = self._samples[0]
        return Usage(
            cpu_s=last.cpu_s - first.cpu_s,
            energy_j=energy_j,
            peak_bytes=max(*(sample.memory_bytes for sample in self._samples), self._peak_between_samples()),
            read_bytes=last.read_bytes - first.read_bytes,
            written_bytes=last.written_bytes - first.written_bytes,
            sampling_gap_s=max(later.at_s - earlier.at_s for earlier, later in pairwise(self._samples)),
            timeline=list(timeline(self._samples)),
        )

    def _peak_between_samples(self) -> int:
        """Return a lower bound of the peak from high-water marks, which also cover the time between samples.

        A process's mark minus its largest number of file bytes was anonymous memory; meanwhile the other
        processes held at least their minimum. Processes that share memory are excluded.
        """
        alone = {process: seen for process, seen in self._extremes.items() if not seen.shares}
        throughout = (process for process, seen in alone.items() if seen.samples == len(self._samples))
        least = {process: alone[process].least_bytes for process in throughout}
        held = (
            seen.high_bytes - seen.file_bytes + sum(least.values()) - least.get(process, 0)
            for process, seen in alone.items()
        )
        return max(held, default=0)


def timeline(samples: Sequence[Totals]) -> Iterator[Point]:
    """Yield at most `MOST_POINTS` points of ``samples``, including the first and the last.

    CPU time never falls: the kernel rounds that of other processes down to its ticks, but not that of the first sample.
    """
    first, cpu_s = samples[0], 0.0
    step = max(1, -(-(len(samples) - 1) // (MOST_POINTS - 1)))
    for start in (0, *range(1, len(samples), step)):
        since = samples[start : start + step] if start else [first]
        cpu_s = max(cpu_s, since[-1].cpu_s - first.cpu_s)
        yield {
            "t_s": round(since[-1].at_s - first.at_s, 6),
            "cpu_s": round(cpu_s, 6),
            "memory_bytes": max(sample.memory_bytes for sample in since),
            "read_bytes": since[-1].read_bytes - first.read_bytes,
            "written_bytes": since[-1].written_bytes - first.written_bytes,
        }
