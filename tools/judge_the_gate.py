"""Count how often the gate is right about identical revisions, and about a deliberately slowed backend.

    .venv/bin/python tools/judge_the_gate.py [RUNS OF IDENTICAL REVISIONS] [RUNS OF EACH SLOWDOWN]

Makes a scratch clone with commits that slow one backend down, compares them with their parent by
``rasterbout compare``, and prints a table. Exit status 1 if the gate is right too seldom in any line.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scratch_clone import BACKEND, ScratchClone

CASES = ("--backends", f"{BACKEND},dask-map-blocks,otb-cli", "--operations", "ndvi,superimpose")
BLAMES_ANOTHER = -1
IN_WORDS = {
    BLAMES_ANOTHER: "a backend that is not slower",
    0: "no regression",
    1: "regression",
    3: "inconclusive",
    4: "broken",
    5: "wrong",
}


@dataclass(frozen=True)
class Trial:
    """A comparison to repeat, the exit statuses that are right, and the smallest share of runs that must be."""

    name: str
    slower_by: float
    options: tuple[str, ...]
    right: tuple[int, ...]
    share: float


TRIALS = (
    Trial("identical revisions", 0.0, (), (0, 3), 1.0),
    Trial("one backend 10 % slower", 0.1, (), (1,), 0.9),
    Trial("one backend 2 x slower, 3 pairs", 1.0, ("--pairs", "3"), (1, 3), 1.0),
)


def main() -> None:
    """Run all trials, and print the table."""
    identical, slowed = (int(word) for word in (*sys.argv[1:], "20", "10")[:2])
    good = True
    print("| trial | runs | right | said | median time of a run |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        clone = ScratchClone(Path(folder) / "clone")
        for trial in TRIALS:
            base = clone.start()
            head = clone.commit(slower_by=trial.slower_by) if trial.slower_by else base
            runs = identical if base == head else slowed
            if not runs:
                continue
            statuses, seconds = _repeat(clone.folder, base, head, trial.options, runs)
            right = sum(statuses[status] for status in trial.right)
            said = ", ".join(f"{IN_WORDS.get(status, status)} {count} x" for status, count in sorted(statuses.items()))
            print(f"| {trial.name} | {runs} | {right} | {said} | {median(seconds):.0f} s |", flush=True)
            good = good and right >= trial.share * runs
    sys.exit(not good)


def _repeat(clone: Path, base: str, head: str, options: Sequence[str], runs: int) -> tuple[Counter[int], list[float]]:
    statuses: Counter[int] = Counter()
    seconds = []
    for number in range(runs):
        started_s = time.monotonic()
        words = ("compare", base, head, *CASES, *options, "--seed", str(number))
        done = subprocess.run(
            [sys.executable, "-m", "rasterbout", *words], cwd=clone, capture_output=True, text=True, check=False
        )
        seconds.append(time.monotonic() - started_s)
        blamed = {line.split()[1] for line in done.stdout.splitlines() if ": slower: " in line}
        statuses[done.returncode if blamed <= {BACKEND} else BLAMES_ANOTHER] += 1
        print(f"{number + 1}/{runs}: {done.stdout.strip().splitlines()[-1:] or done.stderr.strip()}", file=sys.stderr)
    return statuses, seconds


if __name__ == "__main__":
    main()
