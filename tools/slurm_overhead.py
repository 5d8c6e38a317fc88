"""Compare `rasterbout run --on slurm` with the same round run by hand on the same node.

    tools/test_cluster.sh start
    .venv/bin/python tools/slurm_overhead.py [--pairs N]

Both commands are timed as wholes, in turns, on the first node of the test cluster; the time that the job waited in the
queue is subtracted. Prints the ratios, their median and their range. Needs root.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import click

from rasterbout.measure.environment import machine

TOOL = Path(__file__).with_name("test_cluster.sh")
NODE = "n1"
ROUND = (
    "run", "--dataset", "s2-tile", "--size", "2048", "--chunks", "1024", "--workers", "1", "--rounds", "1",
    "--seed", "1", "--memory-limit", "3GB", "--backends", "rasterio-windows,numba-fused,gdal-cli,dask-coarsen",
)  # fmt: skip
PROGRAM = (sys.executable, "-m", "rasterbout")


@click.command()
@click.option("--pairs", default=4, show_default=True)
def main(pairs: int) -> None:
    """Time the pairs, and print the ratios."""
    started = subprocess.run([TOOL, "start"], check=True, capture_output=True, text=True).stdout
    os.environ["SLURM_CONF"] = started.strip().partition("=")[2]
    ratios = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        site = Path(folder, "site.toml")
        site.write_text(f'nodelist = "{NODE}"\n', encoding="utf-8")
        timed((*PROGRAM, *ROUND, "--out", f"{folder}/warm-up"))  # makes the dataset, compiles
        for number in range(pairs):
            hand, job = f"{folder}/hand-{number}", f"{folder}/job-{number}"
            hand_s = timed((str(TOOL), "on", NODE, *PROGRAM, *ROUND, "--out", hand))
            job_s = timed((*PROGRAM, *ROUND, "--on", "slurm", "--cluster", str(site), "--out", job))
            queued_s = queued(Path(job))
            ratios.append((job_s - queued_s) / hand_s)
            print(
                f"by hand {hand_s:.1f} s, by --on slurm {job_s:.1f} s, of these {queued_s:.0f} s in the queue: "
                f"{ratios[-1]:.3f}",
                flush=True,
            )
    print(
        f"{machine()['cpu']}: median {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}) of "
        f"{pairs} pairs"
    )


def timed(words: tuple[str, ...]) -> float:
    """Return the wall time of a command, in seconds."""
    began_s = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began_s


def queued(folder: Path) -> float:
    """Return how long the only job of a run waited between its submission and its start, in seconds."""
    (environment,) = folder.glob("environment.job-*.json")
    job = re.fullmatch(r"environment\.job-([\d_]+)-\d+\.json", environment.name)
    assert job is not None
    said = subprocess.run(["scontrol", "show", "job", job[1]], check=True, capture_output=True, text=True).stdout
    submitted, began = (
        datetime.fromisoformat(re.search(rf"{name}=(\S+)", said)[1])  # type: ignore[index]
        for name in ("SubmitTime", "StartTime")
    )
    return (began - submitted).total_seconds()


if __name__ == "__main__":
    main()
