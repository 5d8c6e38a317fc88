"""Whether the nodes differ that share the rounds of a run."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from rasterbout.record import Record

ALPHA = 0.05
FEWEST_ROUNDS = 2
"""Rounds of each node from which on nodes are compared."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """Rounds of a node, and their geometric mean time as a ratio to that of all rounds; NaN without a time."""

    host: str
    rounds: list[int]
    ratio: float


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The nodes, and the p-value of their equality; NaN if there are too few rounds to tell."""

    nodes: list[Node]
    p: float

    @property
    def differ(self) -> bool:
        """Whether they differ by more than chance explains."""
        return self.p < ALPHA


def nodes_of(records: Sequence[Record]) -> Nodes:
    """Compare the nodes by the times of the cases that were measured in every round.

    Parameters
    ----------
    records
        The last record of each case and round. The test is that of Kruskal and Wallis on the mean logarithm of
        the times of each round.
    """
    rounds: dict[str, set[int]] = defaultdict(set)
    for record in records:
        if record.host:
            rounds[record.host].add(record.round)
    effects = _effects(records)
    groups = {host: [effects[number] for number in sorted(mine) if number in effects] for host, mine in rounds.items()}
    nodes = [
        Node(host=host, rounds=sorted(rounds[host]), ratio=math.exp(np.mean(group)) if group else math.nan)
        for host, group in sorted(groups.items())
    ]
    enough = len(groups) > 1 and all(len(group) >= FEWEST_ROUNDS for group in groups.values())
    return Nodes(nodes=nodes, p=float(stats.kruskal(*groups.values()).pvalue) if enough else math.nan)


def lines(found: Nodes) -> Iterator[str]:
    """Yield a line for each node, and one on whether they differ; none for a single node."""
    if len(found.nodes) < 2:
        return
    for node in found.nodes:
        rounds = ", ".join(map(str, node.rounds))
        yield f"{node.host}: round{'s' if len(node.rounds) > 1 else ''} {rounds}; {node.ratio:.2f} of the mean time"
    if math.isnan(found.p):
        yield "too few rounds to tell whether the nodes differ"
    else:
        yield f"the nodes {'differ' if found.differ else 'do not differ more than by chance'} (p {found.p:.2g})"


def _effects(records: Sequence[Record]) -> dict[int, float]:
    """Return the mean logarithm of the times of each round, over cases with a time in every round, centred."""
    numbers = sorted({record.round for record in records})
    logs: dict[object, dict[int, float]] = defaultdict(dict)
    for record in records:
        if record.wall_s:
            logs[record.case][record.round] = math.log(record.median_wall_s)
    whole = [[one[number] for number in numbers] for one in logs.values() if len(one) == len(numbers)]
    if not whole:
        return {}
    means = np.mean(whole, axis=0)
    return dict(zip(numbers, (means - means.mean()).tolist(), strict=True))
