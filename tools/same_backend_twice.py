"""Check that the instrument sees no difference where there is none: one backend under two names, many runs.

    .venv/bin/python tools/same_backend_twice.py [RUNS] [ROUNDS]

Prints the ratio of the two with its 95 % interval for each run, and the number of intervals that
cover 1. Exit status 1 if fewer than nine of ten do.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rasterbout.record import latest
from rasterbout.record_file import RecordFile
from rasterbout.reports.statistics.ratio import Ratio, interval_of_mean

BACKEND, TWIN = "rasterio-windows", "rasterio-windows-twin"
ENTRY = f"[rasterbout.backends]\n{TWIN} = rasterbout.backends.rasterio_windows:RasterioWindows\n"
CASE = ("--preset", "quick", "--dataset", "s2-tile", "--operations", "ndvi", "--backends", f"{BACKEND},{TWIN}")
FEWEST_SHARE = 0.9


def main() -> None:
    """Measure, and print the ratios."""
    runs, rounds = (int(word) for word in (*sys.argv[1:], "20", "20")[:2])
    covering = 0
    with tempfile.TemporaryDirectory() as folder:
        _install_twin(Path(folder))
        for number in range(1, runs + 1):
            ratio = _measure(Path(folder) / f"run-{number}", rounds)
            covers_one = ratio.low <= 1 <= ratio.high
            covering += covers_one
            verdict = "covers 1" if covers_one else "does not cover 1"
            print(f"{number}/{runs} {ratio.value:.4f} [{ratio.low:.4f}, {ratio.high:.4f}] {verdict}", flush=True)
    print(f"{covering} of {runs} intervals cover 1")
    sys.exit(covering < FEWEST_SHARE * runs)


def _install_twin(folder: Path) -> None:
    info = folder / "twin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: twin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY)


def _measure(folder: Path, rounds: int) -> Ratio:
    words = ("run", *CASE, "--rounds", str(rounds), "--out", str(folder))
    environment = os.environ | {"PYTHONPATH": str(folder.parent)}
    subprocess.run([sys.executable, "-m", "rasterbout", *words], env=environment, check=True, capture_output=True)
    times: dict[str, dict[int, float]] = {BACKEND: {}, TWIN: {}}
    for record in latest(RecordFile(folder / "records.jsonl").read()):
        times[record.backend][record.round] = record.median_wall_s
    common = times[BACKEND].keys() & times[TWIN].keys()
    return interval_of_mean([times[TWIN][number] / times[BACKEND][number] for number in common])


if __name__ == "__main__":
    main()
