"""The job of SLURM that this process runs in, from the variables that sbatch(1) and srun(1) document."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rasterbout.resources import MIB


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job and its share of this node.

    Attributes
    ----------
    cores
        Number of cores; None if unknown.
    memory_bytes
        Memory that the job asked for; None if it asked for none, or for all.
    scratch
        Folder of the job on a disk of this node; None if there is none.
    restarts
        How often the job was requeued.
    """

    id: str
    node: str
    cores: int | None
    memory_bytes: int | None
    scratch: str | None
    restarts: int


def this_job(variables: Mapping[str, str] = os.environ) -> Job | None:
    """Return the job that this process runs in, None outside jobs."""
    if "SLURM_JOB_ID" not in variables:
        return None
    return Job(
        id=_id(variables),
        node=variables.get("SLURMD_NODENAME", ""),
        cores=_number(variables, "SLURM_CPUS_ON_NODE"),
        memory_bytes=_memory_bytes(variables),
        scratch=_folder(variables),
        restarts=_number(variables, "SLURM_RESTART_COUNT") or 0,
    )


def _id(variables: Mapping[str, str]) -> str:
    """Return the number of the job, that of a job in an array as squeue(1) shows it: ``12_3``."""
    array, task = variables.get("SLURM_ARRAY_JOB_ID"), variables.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else variables["SLURM_JOB_ID"]


def _memory_bytes(variables: Mapping[str, str]) -> int | None:
    """Return the memory asked for by ``--mem`` or ``--mem-per-cpu``, which SLURM states in MiB; 0 is all of a node."""
    of_node = _number(variables, "SLURM_MEM_PER_NODE")
    of_core, cores = _number(variables, "SLURM_MEM_PER_CPU"), _number(variables, "SLURM_CPUS_ON_NODE")
    asked = of_node if of_node is not None else (of_core or 0) * (cores or 0)
    return asked * MIB or None


def _folder(variables: Mapping[str, str]) -> str | None:
    for name in ("SLURM_TMPDIR", "TMPDIR"):
        folder = variables.get(name, "")
        if folder and Path(folder).is_dir() and os.access(folder, os.W_OK):
            return folder
    return None


def _number(variables: Mapping[str, str], name: str) -> int | None:
    found = variables.get(name, "")
    return int(found) if found.isdigit() else None
