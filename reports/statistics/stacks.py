"""Sampled stacks of a case: which functions its time went into."""

import re
from collections import Counter
from pathlib import Path

from rasterbout import identity
from rasterbout.record import Record
from rasterbout.reports.statistics.runs import Run

Stack = tuple[str, ...]
"""Functions from the root to the one that ran, each with its file."""

Stacks = Counter[Stack]
"""Number of samples by stack; the threads of one moment count each."""

PROCESS = re.compile(r'process \d+:"[^"]*";?')
"""Frame of a whole process with its command, which may hold semicolons."""

OPERATION = "perform ("
"""Beginning of the frame that calls a backend; those above it belong to the instrument."""

INSTRUMENT = "rasterbout/measure/"
"""Folder of the frames of the instrument."""


def stacks_of(record: Record, run: Run) -> Stacks:
    """Return the sampled stacks of the case of ``record``; empty if it was not sampled."""
    path = (run.folder or Path()) / identity.flames_name(vars(record))
    return read_stacks(path) if path.is_file() else Counter()


def hottest(stacks: Stacks, most: int) -> list[tuple[str, float]]:
    """Return the functions that ran most, and the fraction of the samples in which each did."""
    ran: Counter[str] = Counter()
    for stack, count in stacks.items():
        ran[stack[-1]] += count
    return [(function, count / stacks.total()) for function, count in ran.most_common(most)]


def read_stacks(path: Path) -> Stacks:
    """Read lines of frames from the root, separated by semicolons, and a number of samples; others are left out.

    The format is that of FlameGraph's stackcollapse scripts, which py-spy calls ``raw``. Stacks begin below
    the call of the backend; those of the instrument between the calls are left out.
    """
    stacks: Stacks = Counter()
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        frames, _, number = PROCESS.sub("", line).rpartition(" ")
        if number.isdigit() and (stack := _of_backend([frame for frame in frames.split(";") if frame])):
            stacks[stack] += int(number)
    return stacks


def _of_backend(frames: list[str]) -> Stack:
    """Return the frames below the call of the backend, or all of another thread; none of the instrument's own."""
    calls = [index for index, frame in enumerate(frames) if frame.startswith(OPERATION)]
    if not calls and any(INSTRUMENT in frame for frame in frames):
        return ()
    return tuple(frames[calls[0] + 1 :] if calls else frames)
