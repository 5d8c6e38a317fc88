"""Two installations of rasterbout measured in pairs, side by side on the same machine."""

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.gate.pairs import SIDES, CasePairs, Side, blame
from rasterbout.identity import Key
from rasterbout.measure.case_process import CaseProcess
from rasterbout.measure.messages import Close, Do, Repeated, Started, Verified, Warmed
from rasterbout.measure.once import Place, digests, session
from rasterbout.measure.runner import Settings

Pythons = Mapping[Side, Path]

WORKED_S = 0.2
MOST_REPEATS = 30


class Duel:
    """Opens a session of a backend on both sides at once and lets them perform each operation in turn.

    Only one side works at a time, in random order, so that disturbances of the machine affect both
    alike. Each pair uses new sessions because properties of a process (its memory layout, its
    cluster) vary randomly as well. A pair of sessions yields one pair of times for each operation:
    the medians of the repeats. Outputs are written to ``scratch``, by default the machine's folder for temporary files.
    """

    def __init__(
        self, cases: Sequence[Case], pythons: Pythons, settings: Settings, scratch: Path | None = None
    ) -> None:
        self._pythons, self._settings, self._scratch = pythons, settings, scratch
        self._effort = settings.effort
        self._chance = random.Random(settings.seed)  # noqa: S311  a reproducible order, not a secret
        self._sessions: dict[Any, list[Case]] = defaultdict(list)
        self._verified: dict[Key, dict[str, Verified]] = defaultdict(dict)
        for case in cases:
            self._sessions[case.backend, case.resources, case.layout, case.dataset, case.size].append(case)
        names = identity.case_names(case.fields for case in cases)
        self.cases: dict[Key, CasePairs] = {key: CasePairs(key=key, name=name) for key, name in names.items()}

    def fight(self) -> Iterator[str]:
        """Measure every backend in a pair of sessions for each of the settings' rounds, and yield a line after each."""
        for number in range(1, self._settings.rounds + 1):
            for cases in self.pair():
                yield f"pair {number}/{self._settings.rounds}: {cases[0].backend}"

    def pair(self) -> Iterator[list[Case]]:
        """Measure one pair of sessions of every backend in shuffled order, and yield the cases of each afterwards."""
        sessions = list(self._sessions.values())
        for cases in self._chance.sample(sessions, len(sessions)):
            able = [case for case in cases if not self._given_up(case)]
            if able:
                self._fight_once(able)
            yield cases

    def _given_up(self, case: Case) -> bool:
        known = self.cases[case.key]
        return bool(known.wrong or known.broken or known.left_out)

    def _fight_once(self, cases: list[Case]) -> None:
        with ExitStack() as opened:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="rasterbout-", dir=self._scratch)))
            operations = [case.operation for case in cases]
            known = {index: self._verified[self._result(case)] for index, case in enumerate(cases)}
            processes = {
                side: opened.enter_context(session(cases[0], operations, self._effort, place, known))
                for side, place in self._places(folder)
            }
            for process in processes.values():
                process.until(Started)
            times = {index: self._turns(index, processes) for index in self._shuffled(len(cases))}
            for process in processes.values():
                process.send(Close(known=digests(known)))
            for process in processes.values():
                process.until_it_ends()
        for index, case in enumerate(cases):
            self._conclude(index, case, times[index], processes)
        for process in processes.values():
            process.require_inputs(cases[0].backend)

    def _places(self, folder: Path) -> Iterator[tuple[Side, Place]]:
        """Yield the place of each side, in random order."""
        for side in self._chance.sample(SIDES, len(SIDES)):
            yield side, Place(scratch=folder / side, python=str(self._pythons[side]))

    @staticmethod
    def _result(case: Case) -> Key:
        return identity.key(case.fields, identity.RESULT)

    def _shuffled(self, count: int) -> list[int]:
        return self._chance.sample(range(count), count)

    def _turns(self, index: int, processes: Mapping[Side, CaseProcess]) -> dict[Side, list[float]]:
        """Let both sides perform an operation in turn, and return the times of each in seconds.

        Short operations are repeated until both sides have worked for `WORKED_S` seconds.
        """
        times: dict[Side, list[float]] = {side: [] for side in SIDES}
        if any(str(index) in process.unable for process in processes.values()):
            return times
        for turn in range(-self._effort.warmups, MOST_REPEATS):
            if turn >= self._effort.repeats and all(sum(times[side]) >= WORKED_S for side in SIDES):
                break
            for side in self._chance.sample(SIDES, len(SIDES)):
                processes[side].send(Do(do=index, timed=turn >= 0))
                if turn < 0:
                    done: Any = processes[side].until(Warmed)
                else:
                    done = processes[side].until(Repeated)
                if done is None:  # the process has ended; `_conclude` finds out why
                    return times
                if turn >= 0:
                    times[side].append(done.repeat["wall_s"])
        return times

    def _conclude(
        self, index: int, case: Case, times: Mapping[Side, list[float]], processes: Mapping[Side, CaseProcess]
    ) -> None:
        bad: dict[Side, tuple[str, str]] = {}
        for side, process in processes.items():
            outcome = process.outcome(index)
            mine = (one for one in process.verified if one.index == index)
            self._verified[self._result(case)] |= {one.digest: one for one in mine}
            unable = process.unable.get(str(index))
            if unable:
                bad[side] = "unsupported", unable
            elif outcome["status"] != "ok":
                bad[side] = str(outcome["status"]), str(outcome["reason"])
            elif len(times[side]) < self._effort.repeats:
                bad[side] = "crashed", "it did not do every repeat"
        if bad:
            blame(self.cases[case.key], bad)
        else:
            self.cases[case.key].add({side: median(times[side]) for side in SIDES})
