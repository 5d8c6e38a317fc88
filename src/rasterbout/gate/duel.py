"""Two installations of rasterbout measured in pairs, side by side on the same machine."""

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from rasterbout.case import Case
from rasterbout.gate.pairs import SIDES, CasePairs, Side, blame
from rasterbout.measure.once import Effort, supervised_session
from rasterbout.measure.process import Supervised

Pythons = Mapping[Side, Path]

WORKED_S = 0.2
MOST_REPEATS = 30


class Duel:
    """Opens the session of a backend on both sides at once, and has them do each operation in turn.

    Only one of them works at a time, and chance says which goes first; so what the machine does to one
    it does to the other. Each pair of sessions is new: what a process is born with (its memory's
    layout, its cluster) is chance, too. Within it the repeats are summed up by their median, so that
    a pair of sessions is one pair of times for each operation.
    """

    def __init__(self, cases: Sequence[Case], pythons: Pythons, effort: Effort, seed: int) -> None:
        self._pythons, self._effort = pythons, effort
        self._chance = random.Random(seed)  # noqa: S311  an order to be repeated, no secret
        self._sessions: dict[tuple[object, ...], list[Case]] = defaultdict(list)
        for case in cases:
            self._sessions[case.backend, case.resources, case.layout, case.dataset, case.size].append(case)
        self.cases = {case.key: CasePairs(name=name_of(case)) for case in cases}

    def fight(self, pairs: int) -> Iterator[str]:
        """Measure ``pairs`` pairs of sessions of every backend, in shuffled order, and yield what was done."""
        for number in range(1, pairs + 1):
            sessions = list(self._sessions.values())
            for cases in self._chance.sample(sessions, len(sessions)):
                able = [case for case in cases if not self._given_up(case)]
                if able:
                    self._fight_once(able)
                yield f"pair {number}/{pairs}: {cases[0].backend}"

    def _given_up(self, case: Case) -> bool:
        known = self.cases[case.key]
        return bool(known.wrong or known.broken or known.left_out)

    def _fight_once(self, cases: list[Case]) -> None:
        with ExitStack() as opened:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="rasterbout-")))
            operations = [case.operation for case in cases]
            processes = {
                side: opened.enter_context(
                    supervised_session(cases[0], operations, self._effort, folder / side, str(self._pythons[side]))
                )
                for side in self._chance.sample(SIDES, len(SIDES))
            }
            for process in processes.values():
                process.until("startup_s")
            times = {case.key: self._turns(index, processes) for index, case in self._shuffled(cases)}
            for process in processes.values():
                process.send({})
            endings = {side: process.until_it_ends() for side, process in processes.items()}
        for index, case in enumerate(cases):
            self._conclude(index, case, times[case.key], processes, endings)

    def _shuffled(self, cases: list[Case]) -> list[tuple[int, Case]]:
        numbered = list(enumerate(cases))
        return self._chance.sample(numbered, len(numbered))

    def _turns(self, index: int, processes: Mapping[Side, Supervised]) -> dict[Side, list[float]]:
        """Have both sides do an operation in turns, and return the seconds of each.

        What takes no time is repeated more often: until both have worked for `WORKED_S`.
        """
        times: dict[Side, list[float]] = {side: [] for side in SIDES}
        if any(str(index) in process.unable for process in processes.values()):
            return times
        for turn in range(-self._effort.warmups, MOST_REPEATS):
            if turn >= self._effort.repeats and all(sum(times[side]) >= WORKED_S for side in SIDES):
                break
            for side in self._chance.sample(SIDES, len(SIDES)):
                processes[side].send({"do": index, "timed": turn >= 0})
                told = processes[side].until("repeat" if turn >= 0 else "warmed_s")
                if told is None:  # it has ended, which `_conclude` tells
                    return times
                if turn >= 0:
                    times[side].append(told["repeat"]["wall_s"])
        return times

    def _conclude(
        self,
        index: int,
        case: Case,
        times: Mapping[Side, list[float]],
        processes: Mapping[Side, Supervised],
        endings: Mapping[Side, Mapping[str, object]],
    ) -> None:
        bad: dict[Side, tuple[str, str]] = {}
        for side, process in processes.items():
            unable = process.unable.get(str(index))
            verdict = process.verdicts.get(case.operation.name, endings[side])
            if unable:
                bad[side] = "unsupported", unable
            elif verdict["status"] != "ok":
                bad[side] = str(verdict["status"]), str(verdict["reason"])
            elif len(times[side]) < self._effort.repeats:
                bad[side] = "crashed", "it did not do every repeat"
        if bad:
            blame(self.cases[case.key], bad)
        else:
            self.cases[case.key].add({side: median(times[side]) for side in SIDES})


def name_of(case: Case) -> str:
    """Return what people call ``case``."""
    where = f"{case.dataset} {case.size}, chunk {case.chunk}, workers {case.resources.workers}"
    return f"{case.operation.name} {case.backend} on {where}"
