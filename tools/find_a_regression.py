"""Check that asv's page of regressions and the gate find a slow commit among others.

    .venv/bin/python tools/find_a_regression.py [COMMITS]

Makes a scratch clone in which one commit slows a backend down by 30 %, with COMMITS commits before it
and as many after it. Measures all of them with asv and publishes its pages, and compares the slow commit
with its parent by ``rasterbout compare``. Exit status 1 if either misses the slow commit or names another.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from asv.results import iter_results
from platformdirs import user_cache_path
from scratch_clone import BACKEND, ScratchClone

from rasterbout.cache_folder import cache_root

SLOWER_BY = 0.3
BENCHMARK = "ndvi.Time.time_operation"
SIZE = "2048"
MACHINE = "here"


def main() -> None:
    """Measure with both, and print what each found."""
    (commits,) = (int(word) for word in (*sys.argv[1:], "6")[:1])
    with tempfile.TemporaryDirectory() as folder:
        clone = ScratchClone(Path(folder) / "clone")
        before = clone.start()
        parent = [before, *(clone.commit() for _ in range(commits - 1))][-1]
        slow = clone.commit(slower_by=SLOWER_BY)
        for _ in range(commits):
            clone.commit()
        found = [_by_asv(clone.folder, f"{before}^..HEAD", slow), _by_gate(clone.folder, parent, slow)]
    sys.exit(not all(found))


def _by_asv(clone: Path, commits: str, slow: str) -> bool:
    for words in (
        ("machine", "--yes", "--machine", MACHINE),
        ("run", "--machine", MACHINE, "--bench", f"^{BENCHMARK}.*{BACKEND}", "--show-stderr", commits),
        ("publish",),
    ):
        _call(["-m", "asv", *words], clone)
    regressions = json.loads((clone / ".asv/html/regressions.json").read_text(encoding="utf-8"))["regressions"]
    revisions = json.loads((clone / ".asv/html/index.json").read_text(encoding="utf-8"))["revision_to_hash"]
    print("asv measured, commit by commit:", *(f"{seconds:.4f}" for seconds in _measured(clone, revisions)), "s")
    (expected,) = (int(number) for number, commit in revisions.items() if commit == slow)
    found = False
    for name, *_, jumps in regressions:
        for good, bad, before_s, after_s in jumps:  # good is None if it is the preceding commit
            found = found or (bad == expected and good is None)
            print(f"asv: {name}: {before_s:.3f} s -> {after_s:.3f} s at {revisions[str(bad)][:10]}")
    print(f"asv: {'found' if found else 'missed'} the commit that is {SLOWER_BY:.0%} slower, {slow[:10]}")
    return found


def _measured(clone: Path, revisions: dict[str, str]) -> Iterator[float]:
    """Yield the seconds of the measured case, in the order of the commits."""
    found = {results.commit_hash: results for results in iter_results(str(clone / ".asv/results"))}
    params = json.loads((clone / ".asv/results/benchmarks.json").read_text(encoding="utf-8"))[BENCHMARK]["params"]
    for _, commit in sorted(revisions.items(), key=lambda revision: int(revision[0])):
        if commit in found:
            values = found[commit].get_result_value(BENCHMARK, params)
            yield next(value for value in values if value is not None and not math.isnan(value))


def _by_gate(clone: Path, parent: str, slow: str) -> bool:
    words = ("compare", parent, slow, "--operations", "ndvi", "--backends", f"{BACKEND},dask-map-blocks")
    done = _call(["-m", "rasterbout", *words], clone, statuses=(0, 1, 3, 4, 5))
    print(f"gate, exit status {done.returncode}:", *done.stdout.splitlines()[-3:], sep="\n  ")
    return done.returncode == 1 and f"ndvi {BACKEND}" in done.stdout.partition(": slower")[0].splitlines()[-1]


def _call(words: list[str], clone: Path, statuses: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
    """Call Python in the clone; ``HOME`` is set so that asv's file of machines stays out of the home folder."""
    environment = {
        "HOME": str(clone.parent),
        "RASTERBOUT_SIZE": SIZE,
        "RASTERBOUT_CACHE": str(cache_root()),
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(user_cache_path("pip"))),
    }
    done = subprocess.run(
        [sys.executable, *words], cwd=clone, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in statuses:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


if __name__ == "__main__":
    main()
