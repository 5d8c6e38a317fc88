"""What a job does on its node: measure one round into the folder of the run."""

import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

from rasterbout.case import Case
from rasterbout.measure.environment import describe_environment, usual_memory_limit
from rasterbout.measure.job import this_job
from rasterbout.measure.measurer import Measurer, scratch_in
from rasterbout.measure.once import Effort

TERMINATED = 143


def measure_round(cases: Sequence[Case], effort: Effort, folder: Path, number: int) -> int:
    """Measure ``cases`` once in this order, and return their number.

    The records are those of round ``number``, in a part of ``records.jsonl`` with the number of the job. Without a
    memory limit in ``effort``, that of this node is used.
    """
    part = begin_job(folder)
    measurer = Measurer(limited(effort), folder, part=part)
    return sum(1 for case in cases for _ in measurer.measure([case], number))


def begin_job(folder: Path) -> str:
    """Prepare this process to end in order when SLURM asks, and write the environment of its node to ``folder``.

    Return the part of the job in the names of its files, ``job-<id>-<restarts>``.
    """
    signal.signal(signal.SIGTERM, _end)
    # submitit has SLURM send it, to all processes, long before the time limit; children inherit that it is ignored
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    job = this_job()
    part = "" if job is None else f"job-{job.id}-{job.restarts}"
    environment = describe_environment({}, [folder, scratch_in(folder).parent])
    text = json.dumps(environment, indent=2) + "\n"
    (folder / f"environment.{part}.json").write_text(text, encoding="utf-8")
    return part


def limited(effort: Effort) -> Effort:
    """Return ``effort`` with the memory limit of this node, if it has none."""
    return replace(effort, memory_limit=effort.memory_limit or usual_memory_limit())


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    sys.exit(TERMINATED)
