"""Jobs of SLURM: submitted by submitit, their states from ``scontrol``, which needs no accounting."""

import io
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasterbout.errors import RasterboutError

OUT_OF_MEMORY = re.compile(r"exceeded (job )?memory limit|oom[-_ ]kill", re.IGNORECASE)
"""What SLURM says of a job without memory, whose state is FAILED where no cgroup enforces it."""

SAYS = re.compile(r"^slurmstepd[^:]*: error: ")

MINUTES = 120
"""Time limit of a job for which the site names none."""

FINAL = {
    "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "TIMEOUT",
}  # fmt: skip
"""States that a job does not leave by itself; see "JOB STATE CODES" in squeue(1)."""


@dataclass(frozen=True, kw_only=True)
class JobState:
    """State of a job, e.g. RUNNING, its node (empty before it runs), and why it waits (empty if it does not)."""

    name: str
    node: str = ""
    waits_for: str = ""

    @property
    def is_final(self) -> bool:
        """Whether the job has ended, or is unknown to SLURM, which forgets ended jobs after some minutes."""
        return self.name in FINAL or not self.name


def state_of(job_id: str) -> JobState:
    """Return the state of a job."""
    done = subprocess.run(
        ["scontrol", "show", "job", job_id, "--oneliner"], capture_output=True, text=True, check=False
    )
    found = dict(word.partition("=")[::2] for word in done.stdout.split())
    state, reason = found.get("JobState", ""), found.get("Reason", "None")
    node = found.get("NodeList", "").replace("(null)", "")
    return JobState(name=state, node=node, waits_for=reason if state == "PENDING" else "")


def last_word(job: Any) -> str:
    """Return the last error of SLURM in the output of one of submitit's jobs, empty without one."""
    said = [line for line in (job.stderr() or "").splitlines() if SAYS.match(line)]
    return SAYS.sub("", said[-1]).strip() if said else ""


@dataclass(frozen=True, kw_only=True)
class Site:
    """How jobs are submitted: at most ``nodes`` at once, with these options of sbatch, by their long names."""

    nodes: int
    options: Mapping[str, Any] = field(default_factory=dict)


def submit(
    function: Callable[..., object], arguments: Sequence[Sequence[Any]], folder: Path, site: Site,
    avoid: str = "",
) -> list[Any]:  # fmt: skip
    """Submit a job for each set of ``arguments`` of ``function``, and return submitit's jobs.

    A job has a node for itself, with all its cores and memory, but not the node ``avoid``. It is not
    requeued: the caller decides. ``folder`` is for submitit's files.

    Raises
    ------
    RasterboutError
        submitit or SLURM is not installed here, or SLURM refuses the jobs.
    """
    try:
        import submitit  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  an extra
    except ImportError:
        raise RasterboutError("submitit is not installed; install it with: pip install 'rasterbout[slurm]'") from None
    options = {"exclusive": True, "no-requeue": True, "mem": 0, **site.options}
    minutes = options.pop("time", MINUTES)
    if avoid:
        options["exclude"] = ",".join(filter(None, [avoid, options.get("exclude")]))
    try:
        executor = submitit.AutoExecutor(folder, cluster="slurm")
        executor.update_parameters(
            name="rasterbout", timeout_min=minutes, slurm_array_parallelism=site.nodes,
            slurm_additional_parameters=options,
        )  # fmt: skip
        with redirect_stderr(io.StringIO()):  # submitit repeats there what sbatch says, which the error holds too
            return list(executor.map_array(function, *arguments))
    except (RuntimeError, submitit.core.utils.FailedJobError, OSError) as error:
        raise RasterboutError(f"the jobs could not be submitted: {_last_line(error)}") from error


def _last_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
