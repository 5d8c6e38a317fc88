"""Kill runs at random moments, and check that no record is broken or lost and no process is left.

    .venv/bin/python tools/kill_the_run.py [TIMES] [SEED]

Half of the runs are killed at a random time after their start, half at one after their first printed
record. Prints each fault when it is found, and a summary. Exit status 1 if there was any.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from rasterbout.errors import BadInput
from rasterbout.record_file import RecordFile

CASE = (
    "--preset",
    "smoke",
    "--dataset",
    "s2-tile",
    "--size",
    "96",
    "--backends",
    "rasterio-windows,otb-cli,otb-python",
)
LONGEST_S = 6.0
GONE_S = 5.0
MARK = "RASTERBOUT_KILLED_RUN"


def main() -> None:
    """Kill runs, and print the faults and their counts."""
    times, seed = (int(word) for word in (*sys.argv[1:], "200", "1")[:2])
    moments = random.Random(seed)
    broken = lost = left = cut = 0
    with tempfile.TemporaryDirectory() as folder:
        records = RecordFile(Path(folder) / "run" / "records.jsonl")
        printed: set[str] = set()
        for number in range(1, times + 1):
            printed |= _killed(folder, number, wait_for_record=number % 2 == 0, after_s=moments.uniform(0, LONGEST_S))
            left += _left(folder, number)
            cut += records.mend() is not None
            try:
                kept = {f"{record.backend} {record.operation} {record.round}" for record in records.read()}
            except BadInput as error:
                broken += 1
                print(f"kill {number}: {error}", flush=True)
                continue
            if missing := printed - kept:
                lost += len(missing)
                print(f"kill {number}: printed but not in the file: {missing}", flush=True)
                printed &= kept
        print(f"{times} kills: {len(records.read())} records, {cut} set aside for being cut off", end="; ")
        print(f"{broken} broken files, {lost} lost records, {left} processes left after {GONE_S:g} s")
    sys.exit(bool(broken or lost or left))


def _killed(folder: str, rounds: int, *, wait_for_record: bool, after_s: float) -> set[str]:
    """Start a run, kill it ``after_s`` after its start or its first record, and return the records that it printed."""
    words = ("run", *CASE, "--rounds", str(rounds), "--out", f"{folder}/run", "--resume", "--json")
    with subprocess.Popen(
        [sys.executable, "-m", "rasterbout", *words],
        env=os.environ | {MARK: folder}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        first = run.stdout.readline() if wait_for_record else ""
        time.sleep(after_s)
        run.kill()
        lines = (first + run.stdout.read()).split("\n")[:-1]
    return {"{backend} {operation} {round}".format(**json.loads(line)) for line in lines}


def _left(folder: str, number: int) -> int:
    """Wait until the processes of the run have ended, and return how many have not in time."""
    give_up_at_s = time.monotonic() + GONE_S
    while (alive := _marked(folder)) and time.monotonic() < give_up_at_s:
        time.sleep(0.02)
    for name in alive:
        print(f"kill {number}: still running: {name}", flush=True)
    return len(alive)


def _marked(folder: str) -> list[str]:
    """Return the command lines of the run's processes; zombies do not count."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == folder and process.status() != psutil.STATUS_ZOMBIE:
                found.append(str(process.cmdline()))
        except psutil.Error:
            continue
    return found


if __name__ == "__main__":
    main()
