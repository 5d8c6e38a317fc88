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
    for by in (signal.SIGTERM, signal.SIGUSR2):  # of SLURM, and of submitit before the time limit
        signal.signal(by, _end)
    job = this_job()
    part = "" if job is None else f"job-{job.id}-{job.restarts}"
    _describe(folder, part)
    limited = replace(effort, memory_limit=effort.memory_limit or usual_memory_limit())
    measurer = Measurer(limited, folder, part=part)
    return sum(1 for case in cases for _ in measurer.measure([case], number))


def _describe(folder: Path, part: str) -> None:
    """Write the environment of this node beside the records."""
    environment = describe_environment({}, [folder, scratch_in(folder).parent])
    text = json.dumps(environment, indent=2) + "\n"
    (folder / f"environment.{part}.json").write_text(text, encoding="utf-8")


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    sys.exit(TERMINATED)
