"""Whether nodes differ, from records written by hand."""

import math
from dataclasses import replace

import pytest

from rasterbout.reports.statistics.nodes import lines, nodes_of
from test_records import RECORD


def rounds(*found):
    """Return records of two cases: host and time of each round."""
    return [
        replace(RECORD, host=host, round=number, backend=backend, wall_s=[factor * wall_s])
        for number, (host, wall_s) in enumerate(found, start=1)
        for backend, factor in (("numba-fused", 1.0), ("gdal-cli", 7.0))
    ]


def test_nodes_of_which_one_is_slower_differ():
    found = nodes_of(rounds(*[("a", 1.0), ("b", 2.0), ("b", 2.1), ("a", 1.1)] * 2))
    assert found.differ
    slow, fast = (next(node.ratio for node in found.nodes if node.host == host) for host in "ba")
    assert slow / fast == pytest.approx(math.sqrt(2.0 * 2.1 / 1.1))
    assert next(lines(found)).startswith("a: rounds 1, 4, 5, 8; ")
    assert list(lines(found))[-1].startswith("the nodes differ (p 0.0")


def test_nodes_that_are_alike_do_not_differ():
    found = nodes_of(rounds(("a", 1.0), ("b", 1.01), ("a", 1.02), ("b", 1.0)))
    assert not found.differ
    assert "do not differ" in list(lines(found))[-1]


def test_a_round_each_decides_nothing():
    found = nodes_of(rounds(("a", 1.0), ("b", 2.0)))
    assert math.isnan(found.p)
    assert not found.differ
    assert "too few rounds" in list(lines(found))[-1]


def test_a_single_node_needs_no_words():
    assert list(lines(nodes_of(rounds(("a", 1.0), ("a", 1.0))))) == []
