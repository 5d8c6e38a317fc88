"""Run one case in a process group of its own, under a supervisor."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from statistics import median_low
from typing import IO

from rasterbout.measure.tree import END_WITHIN_S
from rasterbout.measure.watch import Facts, Limits
from rasterbout.resources import Resources


@contextmanager
def supervised(
    work: Facts, resources: Resources, limits: Limits, scratch: Path, python: str = sys.executable
) -> Iterator["Supervised"]:
    """Start a supervisor of ``work``; leaving the context ends its whole group.

    Parameters
    ----------
    scratch
        A folder for outputs, made before and removed after.
    python
        The interpreter, and so the installation of rasterbout, that does the work.
    """
    with (
        tempfile.TemporaryFile("w+", errors="replace") as complaints,
        subprocess.Popen(
            [python, "-m", "rasterbout.measure.supervisor"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env=os.environ | resources.environment(),
            start_new_session=True,
        ) as process,
    ):
        case = Supervised(process, complaints)
        try:
            case.send({"work": work, "limits": asdict(limits), "scratch": str(scratch)})
            yield case
        finally:
            case.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_WITHIN_S + 1)  # it tidies up
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


class Supervised:
    """A supervisor at work: takes commands for its worker, and tells of what that does.

    Attributes
    ----------
    facts
        Fields of a record, as far as they are known.
    repeats, warmed_s, copied_s
        What each timed repeat took; seconds of each warm-up, and of each copy of a floor.
    verdicts
        What comparing the result of each operation with the oracle gave.
    unable
        Why the backend cannot do an operation, by its number.
    """

    def __init__(self, process: subprocess.Popen[str], complaints: IO[str]) -> None:
        self._process = process
        self._complaints = complaints
        self.facts: Facts = {}
        self.repeats: list[Facts] = []
        self.warmed_s: list[float] = []
        self.copied_s: list[float] = []
        self.verdicts: dict[str, Facts] = {}
        self.unable: dict[str, str] = {}

    def send(self, message: Facts) -> None:
        """Send a line: the request, then commands, then an empty message when there is nothing more to do."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, which its answers tell
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def until(self, key: str | None) -> Facts | None:
        """Listen until it tells of ``key``, and return that message; None where it ends before."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = _parsed(line)
            self._take(message)
            if key in message:
                return message
        if self._process.wait() != 0:
            self._complaints.seek(0)
            printed = self._complaints.read().strip()
            reason = f"the supervisor ended with status {self._process.returncode}"
            self.facts |= {"status": "crashed", "reason": reason, "printed": printed}
        self.facts = {"status": "crashed", "reason": "it ended without an answer", **self.facts}
        return None

    def until_it_ends(self) -> Facts:
        """Listen to the end, and return all fields of the record."""
        self.until(None)
        return self.facts | _summed(self.repeats) | ({"warmup_s": sum(self.warmed_s)} if self.warmed_s else {})

    def stop(self) -> Facts:
        """End the tree, and return what was told of it."""
        self.close()
        return self.until_it_ends()

    def close(self) -> None:
        """Have the supervisor end the tree, if it has not ended yet."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def _take(self, message: Facts) -> None:
        if "repeat" in message:
            self.repeats.append(message["repeat"])
        elif "warmed_s" in message:
            self.warmed_s.append(message["warmed_s"])
        elif "copied_s" in message:
            self.copied_s.append(message["copied_s"])
        elif "unable" in message:
            self.unable = message["unable"]
        else:
            self.facts |= message
            if "operation" in message:
                self.verdicts[message["operation"]] = message


def _parsed(line: str) -> Facts:
    try:
        message: Facts = json.loads(line)
    except ValueError:  # cut off in the middle
        return {}
    return message


def _summed(repeats: list[Facts]) -> Facts:
    """Return the fields of a record that the timed repeats give together."""
    if not repeats:
        return {}
    of = {name: [repeat[name] for repeat in repeats] for name in repeats[0]}
    return {
        "wall_s": of["wall_s"],
        "cpu_s": of["cpu_s"],
        "peak_bytes": max(of["peak_bytes"]),
        "read_bytes": median_low(of["read_bytes"]),
        "written_bytes": median_low(of["written_bytes"]),
        "sampling_gap_s": max(of["sampling_gap_s"]),
        "cache": of["cache"][0] if len(set(of["cache"])) == 1 else "unknown",
        "timeline": of["timeline"][-1],
    }
