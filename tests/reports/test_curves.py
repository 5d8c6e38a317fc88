"""Curves of what a process used while it ran, against what was put into its timeline."""

from dataclasses import replace

import pytest

from rasterbout.reports.statistics.curves import curves, typical
from test_records import RECORD


def point(t_s, cpu_s=0.0, memory_bytes=0, read_bytes=0, written_bytes=0):
    used = {"cpu_s": cpu_s, "memory_bytes": memory_bytes}
    return {"t_s": t_s, "read_bytes": read_bytes, "written_bytes": written_bytes} | used


def test_rates_are_differences_over_time():
    points = [point(0, 0, 1e6), point(0.5, 1, 3e6, 1e6, 2e6), point(1.5, 1.5, 2e6, 1e6, 3e6)]
    shown = {curve.unit: (curve.seconds, curve.values) for curve in curves(points, most=100)}
    assert shown == {
        "cores busy": ([0.5, 1.5], [2.0, 0.5]),
        "MB": ([0, 0.5, 1.5], [1.0, 3.0, 2.0]),
        "MB/s": ([0.5, 1.5], [6.0, 1.0]),
    }


def test_rates_are_taken_over_windows_of_a_tenth_of_a_second():
    jumps = [0.0, 0.03, 0.0301, 0.06, 0.12]  # counters of two processes, read one after the other
    points = [point(0.04 * n, cpu_s) for n, cpu_s in enumerate([*jumps, *(1 + n / 2 for n in range(21))])]
    cpu, *_ = curves(points, most=100)
    assert cpu.seconds[:2] == pytest.approx([0.12, 0.24])
    assert cpu.values[:2] == pytest.approx([0.06 / 0.12, (1.5 - 0.06) / 0.12])


def test_a_long_timeline_is_thinned_and_its_peak_kept():
    points = [point(0.01 * n, 0.02 * n, 9e6 if n == 4321 else 1e6) for n in range(10_000)]
    cpu, memory, _ = curves(points, most=40)
    assert 38 <= len(cpu.seconds) <= 41
    assert cpu.values == pytest.approx([2.0] * len(cpu.values))
    assert len(memory.seconds) <= 41
    assert (max(memory.values), memory.seconds[memory.values.index(9.0)]) == (9.0, pytest.approx(43.21))


@pytest.mark.parametrize("points", [[], [point(0), point(1)], [point(0)] * 3])
def test_too_little_is_no_curve(points):
    assert curves(points, most=40) == []


def test_the_typical_timeline_is_of_middle_length():
    of = [replace(RECORD, timeline=[point(0)] * length) for length in (9, 0, 3, 5)]
    assert len(typical(of)) == 5
    assert typical(of[1:2]) == []
