"""Usage of processes that were not started here, added up over hosts."""

import subprocess
import sys
import time

import pytest

from rasterbout.measure.elsewhere import Elsewhere, added_up
from rasterbout.measure.meter import MOST_POINTS, Usage

MB = 1_000_000
WORK = """
import sys, time
for word in sys.stdin:
    began_s = time.process_time()
    held = bytearray(b"1") * 300_000_000
    while time.process_time() < began_s + 1.0:
        pass
    print(time.process_time() - began_s, flush=True)
"""


class OneHost:
    """A host with one process, which somebody else has started."""

    def __init__(self, pid):
        self.names, self.dashboard = ["far"], ""
        self._pid = pid

    def call(self, function, *arguments):
        return {"far": function([self._pid], *arguments)}


def usage(points, peak_bytes=0, cpu_s=1.0, energy_j=None):
    """Return the usage with this memory at these times."""
    timeline = [
        {"t_s": time_s, "cpu_s": 0.0, "memory_bytes": held, "read_bytes": 0, "written_bytes": 1}
        for time_s, held in points
    ]
    return Usage(cpu_s=cpu_s, energy_j=energy_j, peak_bytes=peak_bytes or max(held for _, held in points),
                 read_bytes=2, written_bytes=3, sampling_gap_s=cpu_s, timeline=timeline)  # fmt: skip


@pytest.fixture
def worker():
    """A process that holds 300 MB and computes for a second, once a line is written to it."""
    with subprocess.Popen([sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_memory_and_cpu_time_of_a_process_that_was_not_started_here(worker):
    elsewhere = Elsewhere(OneHost(worker.pid))
    elsewhere.begin()
    worker.stdin.write(b"go\n")
    worker.stdin.flush()
    computed_s = float(worker.stdout.readline())
    found = elsewhere.end()["far"]
    elsewhere.close()
    least = min(point["memory_bytes"] for point in found["timeline"])
    assert found["peak_bytes"] - least == pytest.approx(300 * MB, rel=0.05)
    assert found["cpu_s"] == pytest.approx(computed_s, rel=0.02)


def test_a_repeat_counts_only_what_happens_in_it(worker):
    elsewhere = Elsewhere(OneHost(worker.pid))
    worker.stdin.write(b"go\n")
    worker.stdin.flush()
    worker.stdout.readline()
    elsewhere.begin()
    time.sleep(0.05)
    found = elsewhere.end()["far"]
    elsewhere.close()
    assert found["cpu_s"] < 0.1


def test_without_hosts_there_is_nothing_to_measure():
    elsewhere = Elsewhere(None)
    elsewhere.begin()
    assert elsewhere.end() == {}
    elsewhere.close()


def test_one_usage_stands_for_itself():
    one = usage([(0.0, 5), (1.0, 7)])
    assert added_up([one]) == one


def test_memory_is_added_up_by_time():
    here = usage([(0.0, 10), (1.0, 100), (2.0, 10)])
    there = usage([(0.0, 5), (1.5, 50), (2.0, 5)])
    both = added_up([here, there])
    assert both.peak_bytes == 100 + 50  # at 1.5 s, before here falls at 2.0 s
    assert (both.cpu_s, both.read_bytes, both.written_bytes, both.sampling_gap_s) == (2.0, 4, 6, 1.0)
    assert [point["t_s"] for point in both.timeline] == [0.0, 1.0, 1.5, 2.0]
    assert [point["memory_bytes"] for point in both.timeline] == [15, 105, 150, 15]


def test_peaks_at_different_times_are_not_added():
    both = added_up([usage([(0.0, 100), (1.0, 10)]), usage([(0.0, 10), (1.0, 100)])])
    assert both.peak_bytes == 110


def test_a_peak_between_the_points_counts_with_what_the_others_held_at_least():
    both = added_up([usage([(0.0, 10), (1.0, 10)], peak_bytes=90), usage([(0.0, 7), (1.0, 8)])])
    assert both.peak_bytes == 97


def test_energy_is_known_only_if_all_hosts_know_theirs():
    assert added_up([usage([(0.0, 1)], energy_j=2.0), usage([(0.0, 1)], energy_j=3.0)]).energy_j == 5.0
    assert added_up([usage([(0.0, 1)], energy_j=2.0), usage([(0.0, 1)])]).energy_j is None


def test_the_timeline_stays_short_and_keeps_its_peak():
    points = [(number / 100, 1 + (number == 123) * 50) for number in range(MOST_POINTS * 3)]
    both = added_up([usage(points), usage([(0.0, 1), (9.0, 1)])])
    assert len(both.timeline) <= MOST_POINTS
    assert max(point["memory_bytes"] for point in both.timeline) == 52
