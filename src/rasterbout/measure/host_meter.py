"""Measure processes that this one did not start: a meter beside the workers of a scheduler, on each of their hosts.

It reads ``begin`` and ``end`` from standard input, a word a line, and answers each with a line: its usage as JSON after
``end``. It ends with its standard input, and by itself if nobody has asked for anything for a long time.
"""

import json
import os
import select
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

from rasterbout.measure.lines import Lines
from rasterbout.measure.meter import SAMPLE_EVERY_S, Meter
from rasterbout.measure.tree import Tree

ALONE_S = 4 * 3600.0
"""Time without a word after which it ends: the session was killed, and its worker lives on."""


def main(pids: Sequence[int]) -> None:
    """Measure the processes ``pids`` and their descendants."""
    meter = Meter(Tree(pids), child=0)
    words = Lines(sys.stdin.fileno())
    measuring, heard_s = False, time.monotonic()
    while not words.ended and time.monotonic() < heard_s + ALONE_S:
        wait_s = max(0.0, meter.last_s + SAMPLE_EVERY_S - time.monotonic()) if measuring else ALONE_S
        if not select.select([sys.stdin], [], [], wait_s)[0]:
            meter.sample()
            continue
        for word in words.read():
            heard_s, measuring = time.monotonic(), word.strip() == b"begin"
            _answer(_begun(meter) if measuring else asdict(meter.end(0.0)))


def _begun(meter: Meter) -> float:
    meter.begin(0.0)
    return meter.last_s


def _answer(value: object) -> None:
    os.write(sys.stdout.fileno(), json.dumps(value).encode() + b"\n")


if __name__ == "__main__":
    main([int(pid) for pid in sys.argv[1:]])
