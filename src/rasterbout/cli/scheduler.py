"""Try the scheduler of a run before anything is measured."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from rasterbout.case import Case
from rasterbout.errors import BadInput
from rasterbout.measure.measurer import scratch_in
from rasterbout.measure.once import Effort, Place, trial


def try_scheduler(
    address: str | None, planned: Sequence[Case], effort: Effort, folder: Path, console: Console
) -> dict[str, Any]:
    """Perform the smallest case for a scheduler once, with the most workers, and return what to record about it.

    Raises
    ------
    BadInput
        It does not work: no backend is for schedulers, the scheduler does not answer, versions differ, or its workers
        do not see the files.
    """
    if address is None:
        return {}
    scheduled = [case for case in planned if case.resources.scheduler]
    if not scheduled:
        raise BadInput(f"--scheduler {address}: none of the chosen backends works for a scheduler; those of dask do")
    case = min(scheduled, key=lambda one: (-one.resources.workers, one.fields["pixels"]))
    process = trial(case, effort, Place(scratch=scratch_in(folder)))
    if not process.warmed:
        raise BadInput(f"--scheduler: {process.outcome(0)['reason']}")
    shown = f"; its dashboard: {process.dashboard}" if process.dashboard else ""
    console.print(
        f"{case.resources.scheduler}: workers on {', '.join(process.hosts)}{shown}",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    return {"address": case.resources.scheduler, "hosts": process.hosts, "dashboard": process.dashboard}
