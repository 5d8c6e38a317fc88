"""Where time went, from timelines written by hand."""

from dataclasses import replace

import pytest

from rasterbout.reports.statistics.phases import phases
from test_records import RECORD


def timeline(*intervals):
    """Return a timeline of intervals (seconds, CPU seconds, bytes read, bytes written)."""
    points = [{"t_s": 0.0, "cpu_s": 0.0, "memory_bytes": 1, "read_bytes": 0, "written_bytes": 0}]
    for passed_s, cpu_s, read, written in intervals:
        last = points[-1]
        points.append({
            "t_s": last["t_s"] + passed_s, "cpu_s": last["cpu_s"] + cpu_s, "memory_bytes": 1,
            "read_bytes": last["read_bytes"] + read, "written_bytes": last["written_bytes"] + written,
        })  # fmt: skip
    return points


def test_the_phases_add_up_to_the_wall_time():
    steps = timeline((1.0, 0.0, 100, 0), (1.0, 2.0, 0, 0), (1.0, 0.5, 0, 50), (1.0, 0.0, 0, 0))
    found = phases(
        [replace(RECORD, wall_s=[8.0], cpu_s=[5.0], startup_s=0.5, floor_s=1.0, floor_cpu_s=0.7, timeline=steps)]
    )
    assert (found.reading_s, found.computing_s, found.writing_s, found.waiting_s) == (2.0, 3.0, 1.0, 2.0)
    assert sum(found.shares.values()) == pytest.approx(1)
    assert (found.startup_s, found.floor_s, found.floor_cpu_s, found.cores_busy) == (0.5, 1.0, 0.7, 0.625)


def test_idle_time_is_shared_by_the_bytes():
    found = phases([replace(RECORD, wall_s=[3.0], timeline=timeline(*[(1.0, 0.0, 30, 10)] * 3))])
    assert (found.reading_s, found.writing_s) == (2.25, 0.75)


def test_a_short_case_has_no_phases():
    found = phases([replace(RECORD, wall_s=[0.01], timeline=timeline((0.01, 0.01, 0, 0)))])
    assert (found.wall_s, found.shares) == (0.01, {})


def test_a_case_without_a_time_is_not_explained():
    assert phases([replace(RECORD, status="wrong", wall_s=[])]) is None
