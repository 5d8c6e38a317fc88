"""Numbered jobs on the nodes of a cluster: submitted, awaited, and submitted once more if they fail."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rasterbout.cluster.slurm import OUT_OF_MEMORY, JobState, Site, last_word, state_of, submit

POLL_S = 1.0

MOST_AGAIN = 1
"""How often a job that has failed is submitted again."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A job that has ended.

    Attributes
    ----------
    number
        What it was to measure: the number of a round, or of a pair.
    job_id, node
        Of the job in SLURM; the node is empty if it never ran.
    state
        SLURM's name for its end, such as COMPLETED or OUT_OF_MEMORY; empty if SLURM does not know it.
    reason
        Job, node, state and SLURM's last word, in one line.
    """

    number: int
    job_id: str
    node: str
    state: str
    reason: str


class Jobs:
    """Calls ``function`` in jobs, one for each number; leaving the context cancels those that have not ended.

    ``folder``, which all nodes share, is for submitit's files: arguments and printed output.
    """

    def __init__(self, function: Callable[..., object], folder: Path, site: Site) -> None:
        self._function = function
        self._folder = folder
        self._site = site
        self._running: dict[int, Any] = {}
        self._tries: Counter[int] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for job in self._running.values():
            job.cancel()

    @property
    def are_running(self) -> bool:
        """Whether any job has not ended."""
        return bool(self._running)

    def submit(self, arguments: Mapping[int, Sequence[Any]], avoid: str = "") -> None:
        """Submit a job for each number with its ``arguments``, none of them to the node ``avoid``.

        At most as many of them run at once as the site has nodes.

        Raises
        ------
        RasterboutError
            SLURM refuses the jobs.
        """
        if not arguments:
            return
        jobs = submit(self._function, list(zip(*arguments.values(), strict=True)), self._folder, self._site, avoid)
        self._running |= dict(zip(arguments, jobs, strict=True))
        self._tries.update(arguments.keys())

    def ended(self) -> list[Ended]:
        """Wait a little, and return the jobs that have ended since the last call."""
        time.sleep(POLL_S)
        states = {number: state_of(job.job_id) for number, job in self._running.items()}
        return [_ended(number, self._running.pop(number), state) for number, state in states.items() if state.is_final]

    def again(self, failed: Ended, arguments: Sequence[Any]) -> bool:
        """Submit a job that has failed once more, to another node if there is one; return False if it had its turn."""
        if self._tries[failed.number] > MOST_AGAIN:
            return False
        self.submit({failed.number: arguments}, avoid=failed.node if self._site.nodes > 1 else "")
        return True


def _ended(number: int, job: Any, state: JobState) -> Ended:
    said = last_word(job)
    name = "OUT_OF_MEMORY" if state.name == "FAILED" and OUT_OF_MEMORY.search(said) else state.name
    where = f" on {state.node}" if state.node else ""
    why = f" ({said})" if said else ""
    reason = f"job {job.job_id}{where}: {name or 'unknown to SLURM'}{why}"
    return Ended(number=number, job_id=job.job_id, node=state.node, state=name, reason=reason)
