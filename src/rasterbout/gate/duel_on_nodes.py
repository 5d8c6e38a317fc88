"""Two installations of rasterbout measured in pairs on the nodes of a cluster: each pair is a job, whole on one node.

So that both sides are measured on the same machine, and differences between nodes cancel in the pairs.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.cluster.jobs import Ended, Jobs
from rasterbout.cluster.slurm import Site
from rasterbout.gate.duel import Pythons
from rasterbout.gate.pair_job import measure_pair, pairs_of_job
from rasterbout.gate.pairs import CasePairs
from rasterbout.identity import Key
from rasterbout.measure.runner import Settings


class DuelOnNodes:
    """Measures pairs as `rasterbout.gate.duel.Duel` does, each in a job, into ``folder``, which all nodes share.

    The cases that a job did not measure, because it was cancelled, ran out of time or memory, or its node died, are
    measured once more, on another node. If that job fails too, they are decided without this pair; a case without any
    pair is broken.
    """

    def __init__(self, cases: Sequence[Case], pythons: Pythons, settings: Settings, folder: Path, site: Site) -> None:
        self._cases = {case.key: case for case in cases}
        self._pythons, self._settings = pythons, settings
        self._folder = folder.absolute()
        self._jobs = Jobs(measure_pair, self._folder / "jobs", site)
        self._left: dict[int, dict[Key, Case]] = {}
        self._lost: dict[Key, str] = {}
        names = identity.case_names(case.fields for case in cases)
        self.cases: dict[Key, CasePairs] = {key: CasePairs(key=key, name=name) for key, name in names.items()}

    def fight(self) -> Iterator[str]:
        """Measure all pairs, and yield a line for each job that ends, and for each case short of pairs.

        Raises
        ------
        RasterboutError
            SLURM refuses the jobs.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        pairs = self._settings.rounds
        self._left = {number: dict(self._cases) for number in range(1, pairs + 1)}
        with self._jobs:
            self._jobs.submit({number: self._arguments(number) for number in self._left})
            while self._jobs.are_running:
                for job in self._jobs.ended():
                    yield f"pair {job.number}/{pairs}: {self._end(job)}"
        for case in self.cases.values():
            yield from self._settle(case, pairs)

    def _arguments(self, number: int) -> tuple[Any, ...]:
        cases = list(self._left[number].values())
        return cases, self._pythons, self._settings, self._folder, number

    def _end(self, job: Ended) -> str:
        """Take what a job has measured, have the rest measured again, and return what became of it."""
        left = self._left[job.number]
        for found in pairs_of_job(self._folder, job.job_id):
            if left.pop(found.key, None) is not None:  # a job that was requeued has measured some of them twice
                self.cases[found.key].join(found)
        if not left:
            return f"on {job.node}"
        again = self._jobs.again(job, self._arguments(job.number))
        if not again:
            self._lost |= dict.fromkeys(left, job.reason)
        missing = f"{len(left)} of {len(self._cases)} cases {'are measured again' if again else 'are left without it'}"
        return f"{job.reason}; {missing}; see {self._folder / 'jobs'}"

    def _settle(self, case: CasePairs, pairs: int) -> Iterator[str]:
        """Decide about a case without some of its pairs, and yield a line that says so."""
        if case.left_out and case.base_s:
            yield f"{case.name}: cannot be done on every node: {case.left_out}"
            case.left_out = ""
        if case.wrong or case.broken or case.left_out:
            return
        if not case.base_s:
            case.broken = f"no pair was measured, the last because of {self._lost[case.key]}"
        elif len(case.base_s) < pairs:
            yield f"{case.name}: decided without {pairs - len(case.base_s)} of {pairs} pairs"
