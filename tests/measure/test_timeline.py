"""The timeline of a repeat, from samples written by hand."""

from rasterbout.measure.meter import MOST_POINTS, timeline
from rasterbout.measure.tree import Totals


def sample(at_s, cpu_s, memory_bytes=1):
    return Totals(at_s=at_s, cpu_s=cpu_s, memory_bytes=memory_bytes, read_bytes=0, written_bytes=0)


def test_cpu_time_never_falls():
    """The first sample is exact, the later ones are rounded down to ticks."""
    points = list(timeline([sample(0.0, 5.018), sample(0.01, 5.01), sample(0.02, 5.03), sample(0.03, 5.02)]))
    assert [point["cpu_s"] for point in points] == [0.0, 0.0, 0.012, 0.012]


def test_the_largest_memory_between_two_points_is_kept():
    samples = [sample(float(n), 0.0, memory_bytes=9 if n == 4 else 1) for n in range(3 * MOST_POINTS)]
    points = list(timeline(samples))
    assert len(points) <= MOST_POINTS
    assert max(point["memory_bytes"] for point in points) == 9
    assert (points[0]["t_s"], points[-1]["t_s"]) == (0.0, samples[-1].at_s)
