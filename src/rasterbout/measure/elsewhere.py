"""Measure what works elsewhere for a session: a meter on each of its hosts, and their usage added up by time."""

import json
import os
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from rasterbout.contract import Hosts
from rasterbout.measure.meter import MOST_POINTS, Point, Usage

Facts = dict[str, Any]

_meters: list[subprocess.Popen[bytes]] = []
"""The meter of the last session in this process."""


class Elsewhere:
    """The meters on the hosts of a session; without hosts there is nothing to measure."""

    def __init__(self, hosts: Hosts | None) -> None:
        self._hosts = hosts
        if hosts is not None:
            hosts.call(_start)

    def begin(self) -> None:
        """Begin a repeat."""
        if self._hosts is not None:
            self._hosts.call(_ask, "begin")

    def end(self) -> dict[str, Facts]:
        """End a repeat, and return its usage by host, each as the fields of `Usage`."""
        return {} if self._hosts is None else self._hosts.call(_ask, "end")

    def close(self) -> None:
        """End the meters."""
        if self._hosts is not None:
            self._hosts.call(_stop)


def _start(pids: Sequence[int]) -> None:
    """Start a meter of ``pids`` in this process's place, instead of that of an earlier session."""
    _stop(pids)
    _meters.append(
        subprocess.Popen(
            [sys.executable, "-m", "rasterbout.measure.host_meter", *map(str, pids)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},  # with the modules that were sent here
            bufsize=0,
        )
    )
    _ask(pids, "begin")  # once it answers, it is ready
    _ask(pids, "end")


def _ask(_pids: Sequence[int], word: str) -> Any:
    (meter,) = _meters
    assert meter.stdin is not None
    assert meter.stdout is not None
    meter.stdin.write(f"{word}\n".encode())
    return json.loads(meter.stdout.readline())


def _stop(_pids: Sequence[int]) -> None:
    while _meters:
        with _meters.pop() as meter:
            assert meter.stdin is not None
            meter.stdin.close()


class _Steps(NamedTuple):
    """A timeline, whose points hold until the next."""

    times_s: list[float]
    points: list[Point]

    def at(self, time_s: float) -> Point:
        return self.points[max(0, bisect_right(self.times_s, time_s) - 1)]


def added_up(usages: Sequence[Usage]) -> Usage:
    """Return the usage of all hosts together, whose repeats began at the same time.

    The peak of memory is that of the sum at each time, to the resolution of the timelines; and at least, for each host,
    its own peak with the least that the others held.
    """
    if len(usages) == 1:
        return usages[0]
    timeline = _together([one.timeline for one in usages])
    least = [min(point["memory_bytes"] for point in one.timeline) for one in usages]
    peaks = [one.peak_bytes + sum(least) - mine for one, mine in zip(usages, least, strict=True)]
    energies = [one.energy_j for one in usages]
    return replace(
        usages[0],
        cpu_s=sum(one.cpu_s for one in usages),
        energy_j=None if None in energies else sum(one for one in energies if one is not None),
        peak_bytes=int(max(*peaks, *(point["memory_bytes"] for point in timeline))),
        read_bytes=sum(one.read_bytes for one in usages),
        written_bytes=sum(one.written_bytes for one in usages),
        sampling_gap_s=max(one.sampling_gap_s for one in usages),
        timeline=thinned(timeline),
    )


def _together(timelines: Sequence[list[Point]]) -> list[Point]:
    """Return the sum of several timelines at all their times."""
    steps = [_Steps([point["t_s"] for point in one], one) for one in timelines]
    times_s = sorted({time_s for one in steps for time_s in one.times_s})
    names = [name for name in timelines[0][0] if name != "t_s"]
    return [
        {"t_s": time_s} | {name: sum(one.at(time_s)[name] for one in steps) for name in names} for time_s in times_s
    ]


def thinned(timeline: list[Point]) -> list[Point]:
    """Return at most `MOST_POINTS` points: the last of each stretch, with its largest memory."""
    step = -(-len(timeline) // MOST_POINTS)
    stretches = [timeline[start : start + step] for start in range(0, len(timeline), step)]
    return [one[-1] | {"memory_bytes": max(point["memory_bytes"] for point in one)} for one in stretches]
