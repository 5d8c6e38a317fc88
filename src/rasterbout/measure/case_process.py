"""The process of a case from the run's side: sends commands and collects measurements."""

import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import IO, Any, TypeVar

from rasterbout.errors import RasterboutError
from rasterbout.measure.codec import decode, encode
from rasterbout.measure.messages import (
    Do,
    Ended,
    HostFloors,
    Printed,
    Repeated,
    Started,
    Unable,
    Verified,
    Versions,
    Warmed,
)  # fmt: skip
from rasterbout.measure.verdict import verdict_on
from rasterbout.measures import summed_up

Message = TypeVar("Message")
Numbered = TypeVar("Numbered", Warmed, Repeated, Verified)
Facts = dict[str, Any]
"""Fields of a record."""
Known = Mapping[int, Mapping[str, Verified]]
"""Earlier verification results, by number of the operation and digest of the file."""


class CaseProcess:
    """A running supervisor.

    Attributes
    ----------
    repeats
        The timed repeats, in order.
    warmed
        The warm-ups, in order.
    startup_s
        Time until the session was open, in seconds; None while it is not.
    hosts, dashboard
        As `rasterbout.contract.Hosts`, once the session is open; empty if all processes are on this machine.
    host_floors_s
        Time of each host's share of the floor, in seconds; empty if all processes are on this machine.
    unable
        Why the backend cannot do an operation, by its number.
    verified
        The verification results.
    touched, spoilt
        What has happened to the input files meanwhile, and what of it remains, known once all processes have ended;
        empty for nothing.
    """

    def __init__(self, process: subprocess.Popen[bytes], complaints: IO[str], known: Known) -> None:
        self._process = process
        self._complaints = complaints
        self._known = known
        self._ended: Ended | None = None
        self._asked: list[int] = []
        self._printed = ""
        self._note = ""
        self._versions: dict[str, str] = {}
        self.repeats: list[Repeated] = []
        self.warmed: list[Warmed] = []
        self.startup_s: float | None = None
        self.hosts: list[str] = []
        self.dashboard = ""
        self.host_floors_s: dict[str, float] = {}
        self.unable: dict[str, str] = {}
        self.verified: list[Verified] = []
        self.touched = self.spoilt = ""

    def send(self, message: object) -> None:
        """Send the request, a command, or `Close` after the last command."""
        assert self._process.stdin is not None
        if isinstance(message, Do):
            self._asked.append(message.do)
        with suppress(BrokenPipeError):  # it has ended, as its answers will show
            self._process.stdin.write(encode(message))

    def until(self, kind: type[Message]) -> Message | None:
        """Read messages until one of this kind arrives, and return it; return None if the process ends first."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                message = decode(line)
            except ValueError:  # cut off in the middle
                continue
            self._take(message)
            if isinstance(message, kind):
                return message
        if self._process.wait() != 0:
            self._complaints.seek(0)
            self._printed = self._complaints.read().strip()
            status = self._process.returncode
            reason = f"the supervisor ended with status {status}"
            asked = status == -signal.SIGTERM  # by the end of a job, which asks all its processes at once
            self._ended = Ended(status="interrupted" if asked else "crashed", reason=reason)
        return None

    def until_it_ends(self) -> Facts:
        """Read all messages, and return the record fields of the first operation."""
        while self.until(Printed) is not None:
            pass
        return self.outcome(0)

    def stop(self) -> Facts:
        """End all its processes, and return the record fields of the first operation."""
        self.close()
        return self.until_it_ends()

    def close(self) -> None:
        """Make the supervisor end its processes, if it is still running."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def require_inputs(self, backend: str) -> None:
        """Check that the input files are as they were before ``backend`` worked.

        Raises
        ------
        RasterboutError
            They are not, so that whatever reads them next would be measured on something else.
        """
        if self.spoilt:
            raise RasterboutError(
                f"{backend}: {self.spoilt}; restore it, or remove it if rasterbout made it, before anything reads it"
            )

    def outcome(self, index: int) -> Facts:
        """Return the record fields of the operation number ``index``: status, measures, versions."""
        mine = [one for one in self.repeats if one.index == index]
        facts: Facts = {"versions": self._versions, "printed": self._printed, "startup_s": self.startup_s}
        facts["hosts"] = self.hosts
        if warmed_s := [one.warmed_s for one in self.warmed if one.index == index]:
            facts["warmup_s"] = sum(warmed_s)
        facts |= summed_up([one.repeat for one in mine]) | _of_all(mine) | self._verdict(mine, index)
        if self._note:
            facts["reason"] = f"{facts['reason']}; {self._note}"
        return facts

    def _verdict(self, repeats: list[Repeated], index: int) -> Facts:
        """Return status, reason and verification measures over the results of all ``repeats``."""
        if known := self._without_results(index):
            return known
        if not repeats:
            ended = self._ended or Ended(status="crashed", reason="it ended without an answer")
            return {"status": ended.status, "reason": ended.reason}
        found = verdict_on(repeats, [self._found(repeat, index) for repeat in repeats])
        if found["status"] != "ok":
            return found
        mine_s = [one.verify_s or 0.0 for one in self.verified if one.index == index]
        return found | {"verify_s": sum(mine_s)}

    def _without_results(self, index: int) -> Facts:
        """Return status and reason if they do not depend on the results; empty if they do."""
        if self.touched:
            return {"status": "wrong", "reason": self.touched}
        if self._ended is not None and self._ended.status != "ok":
            return {"status": self._ended.status, "reason": self._ended.reason}
        reason = self.unable.get(str(index))
        return {"status": "unsupported", "reason": reason} if reason else {}

    def _found(self, repeat: Repeated, index: int) -> Verified | str:
        """Return the verification result of a repeat, or why there is none."""
        if repeat.digest is None:
            return "no usable output: it left no file"
        for one in self.verified:
            if (one.index, one.digest) == (index, repeat.digest):
                return one
        return self._known.get(index, {}).get(repeat.digest) or "it ended without an answer"

    def _take(self, message: Any) -> None:
        match message:
            case Repeated():
                self.repeats.append(self._numbered(message))
            case Warmed():
                self.warmed.append(self._numbered(message))
            case Started():
                self.startup_s = message.startup_s
                self.hosts, self.dashboard = message.hosts, message.dashboard
            case HostFloors():
                self.host_floors_s = message.host_floors_s
            case Unable():
                self.unable = message.unable
            case Versions():
                self._versions = message.versions
            case Verified():
                self.verified.append(self._numbered(message))
            case Ended():
                self._ended = message
                self._printed = message.printed or self._printed
            case Printed():
                self._printed, self._note = message.printed, message.note

    def _numbered(self, message: Numbered) -> Numbered:
        """Return ``message`` with the number of its operation, which older versions do not send.

        They do what is asked, and then verify one result of each operation, in the order of the numbers.
        """
        if message.index != -1:
            return message
        if isinstance(message, Verified):
            return replace(message, index=sorted(set(self._asked))[len(self.verified)])
        return replace(message, index=self._asked[len(self.warmed) + len(self.repeats)])


def _of_all(repeats: list[Repeated]) -> Facts:
    """Return the cache state common to all repeats, and the timeline of the last."""
    if not repeats:
        return {}
    states = {one.repeat["cache"] for one in repeats}
    return {"cache": states.pop() if len(states) == 1 else "unknown", "timeline": repeats[-1].repeat["timeline"]}
