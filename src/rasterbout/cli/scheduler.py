"""The scheduler of a run: started if the run has a cluster of its own, and tried before anything is measured."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from rasterbout.case import Case
from rasterbout.cluster.dask_cluster import DaskCluster, running
from rasterbout.cluster.dask_scheduler import threads_at
from rasterbout.errors import BadInput
from rasterbout.measure.measurer import scratch_in
from rasterbout.measure.once import Effort, Place, trial


def dask_of(cluster: Any, scheduler: str | None) -> DaskCluster | str | None:
    """Return what dask's backends work for, by the values of ``--cluster`` and ``--scheduler``; None for nothing.

    Raises
    ------
    BadInput
        Both are there.
    """
    if not isinstance(cluster, DaskCluster):
        return scheduler
    if scheduler is not None:
        raise BadInput(f"--scheduler {scheduler} and --cluster {cluster.name} are two schedulers; choose one")
    return cluster


@contextmanager
def scheduled(
    planned: Sequence[Case], where: DaskCluster | str | None, console: Console
) -> Iterator[list[Case]]:  # fmt: skip
    """Yield the cases, those for a scheduler with its address and its workers' threads; end what was started.

    Parameters
    ----------
    where
        A cluster to start, the address of a scheduler that runs, or None.

    Raises
    ------
    BadInput
        No case is for a scheduler, or it does not answer.
    RasterboutError
        The cluster does not start.
    """
    if where is None:
        yield list(planned)
        return
    workers = max((case.resources.workers for case in planned if case.resources.scheduler), default=0)
    if not workers:
        name = f"--scheduler {where}" if isinstance(where, str) else f"--cluster {where.name}"
        raise BadInput(f"{name}: none of the chosen backends works for a scheduler; those of dask do")
    if isinstance(where, str):
        yield _at(where, planned)
        return

    def say(line: str) -> None:
        console.print(line, highlight=False, markup=False, soft_wrap=True)

    with running(where, workers, say) as address:
        yield _at(address, planned)


def _at(address: str, planned: Sequence[Case]) -> list[Case]:
    threads = threads_at(address)
    return [
        replace(case, resources=replace(case.resources, scheduler=address, threads_per_worker=threads))
        if case.resources.scheduler
        else case
        for case in planned
    ]


def try_scheduler(planned: Sequence[Case], effort: Effort, folder: Path, console: Console) -> dict[str, Any]:
    """Perform the smallest case for a scheduler once, with the most workers, and return what to record about it.

    Raises
    ------
    BadInput
        It does not work: the scheduler does not answer, versions differ, or its workers do not see the files.
    """
    at_scheduler = [case for case in planned if case.resources.scheduler]
    if not at_scheduler:
        return {}
    case = min(at_scheduler, key=lambda one: (-one.resources.workers, one.fields["pixels"]))
    process = trial(case, effort, Place(scratch=scratch_in(folder)))
    if not process.warmed:
        raise BadInput(f"--scheduler: {process.outcome(0)['reason']}")
    shown = f"; its dashboard: {process.dashboard}" if process.dashboard else ""
    console.print(
        f"{case.resources.scheduler}: workers on {', '.join(process.hosts)}{shown}",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    return {"address": case.resources.scheduler, "hosts": process.hosts, "dashboard": process.dashboard}
