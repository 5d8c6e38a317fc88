"""Check that an operation takes as long in a session that has done another one before as in a fresh one.

    .venv/bin/python tools/after_another.py [ROUNDS] [SIZE]

For each backend, each round measures ndvi alone in one process, and superimpose and then ndvi in another, in random
order. Prints the ratio of the times of ndvi, after to alone, with its 95 % interval; p-values are compared with
0.05 divided by the number of backends. Exit status 1 if a backend differs.
"""

import random
import sys
import tempfile
from pathlib import Path

from rasterbout.case import Case
from rasterbout.datasets import load
from rasterbout.measure.measurer import Measurer
from rasterbout.measure.once import Effort
from rasterbout.registry import backend_names, load_backend
from rasterbout.reports.statistics.ratio import Ratio, interval_of_mean
from rasterbout.resources import Resources

MEASURED, BEFORE = "ndvi", "superimpose"
REPEATS = 3
ALPHA = 0.05


def main() -> None:
    """Measure, and print the ratios."""
    rounds, size = (int(word) for word in (*sys.argv[1:], *("12", "2048")[len(sys.argv) - 1 :]))
    names = [name for name in backend_names() if load_backend(name).probe().available]
    differ = 0
    for name in names:
        ratio = _measure(name, rounds, size)
        found = ratio.p < ALPHA / len(names)
        differ += found
        verdict = "differs" if found else "no difference"
        print(f"{name:18} {ratio.value:.3f} [{ratio.low:.3f}, {ratio.high:.3f}] p {ratio.p:.3f} {verdict}", flush=True)
    print(f"{differ} of {len(names)} backends differ")
    sys.exit(differ > 0)


def _measure(backend: str, rounds: int, size: int) -> Ratio:
    alone, after = [], []
    with tempfile.TemporaryDirectory() as folder:
        measurer = Measurer(Effort(repeats=REPEATS, timeout_s=300), Path(folder))
        first, second = _case(BEFORE, backend, size), _case(MEASURED, backend, size)
        for number in range(1, rounds + 1):
            turns = [(alone, [second]), (after, [first, second])]
            for times_s, cases in random.sample(turns, 2):
                *_, record = measurer.measure(cases, number)
                times_s.append(record.median_wall_s)
            measurer.end_round()
    return interval_of_mean([later_s / alone_s for later_s, alone_s in zip(after, alone, strict=True)])


def _case(operation: str, backend: str, size: int) -> Case:
    scene = load("s2-tile", size=size)
    return Case(
        operation=scene.operation(operation), backend=backend, dataset="s2-tile", size=size,
        resources=Resources(workers=2, chunk=512 if load_backend(backend).follows_chunk else None),
    )  # fmt: skip


if __name__ == "__main__":
    main()
