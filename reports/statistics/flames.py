"""Flame graph of sampled stacks: each function as wide as its share of the samples, callers above what they call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rasterbout.reports.statistics.stacks import Stack, Stacks

NARROWEST = 0.005
"""Fraction of the samples from which on a function is drawn."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A function below its caller; ``left`` and ``right`` are fractions of the samples, ``depth`` counts callers."""

    function: str
    depth: int
    left: float
    right: float


def bars(stacks: Stacks) -> Iterator[Bar]:
    """Yield the bars of the graph: stacks share the functions with which they begin, in alphabetical order."""
    yield from _below(sorted(stacks.items()), 0, 0.0, stacks.total())


def _below(stacks: Sequence[tuple[Stack, int]], depth: int, left: float, total: int) -> Iterator[Bar]:
    groups: dict[str, list[tuple[Stack, int]]] = {}
    for stack, count in stacks:
        if len(stack) > depth:
            groups.setdefault(stack[depth], []).append((stack, count))
    for function, group in groups.items():
        right = left + sum(count for _, count in group) / total
        if right - left >= NARROWEST:
            yield Bar(function=function, depth=depth, left=left, right=right)
            yield from _below(group, depth + 1, left, total)
        left = right
