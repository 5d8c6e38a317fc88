"""One case, measured once: a supervised process that does its warm-ups and timed repeats."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rasterbout.case import Case
from rasterbout.measure.cores import choose_cores
from rasterbout.measure.process import Supervised, supervised
from rasterbout.measure.watch import Limits
from rasterbout.operation import Operation
from rasterbout.operation_json import operation_to_json


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How often and how long one process measures.

    Attributes
    ----------
    warmups, repeats
        How often it runs its operation, first untimed, then timed.
    timeout_s
        How long a backend may take in all; verifying its pixels does not count.
    memory_limit
        How many bytes its processes may hold together; None for no limit.
    """

    repeats: int
    timeout_s: float
    warmups: int = 1
    memory_limit: int | None = None


@contextmanager
def measuring(case: Case, effort: Effort, scratch: Path, picture: Path | None = None) -> Iterator[Supervised]:
    """Start to measure ``case``; ``scratch`` is a folder for its outputs, made before and removed after.

    ``picture`` is where a picture of the result is to be, written unless one is there and the result is right.
    """
    with supervised_session(case, [case.operation], effort, scratch) as process:
        for timed, times in ((False, effort.warmups), (True, effort.repeats)):
            for _ in range(times):
                process.send({"do": 0, "timed": timed})
        process.send({"picture": None if picture is None else str(picture)})
        yield process


@contextmanager
def measuring_floor(case: Case, effort: Effort, scratch: Path) -> Iterator[Supervised]:
    """Start to measure the floor of ``case``, on its cores and from the same state of the page cache."""
    with supervised_session(replace(case, backend=""), [case.operation], effort, scratch) as process:
        for _ in range(effort.repeats):
            process.send({"do": 0})
        process.send({})
        yield process


def supervised_session(
    case: Case, operations: list[Operation], effort: Effort, scratch: Path, python: str = sys.executable
) -> AbstractContextManager[Supervised]:
    """Start a process that opens the session of ``case`` for ``operations`` and waits for commands.

    A command ``{"do": index, "timed": bool}`` does an operation once; any other closes the session,
    and may name a file for a ``picture`` of the result.
    """
    work = {
        "backend": case.backend or None,
        "operations": [operation_to_json(operation) for operation in operations],
        "resources": asdict(case.resources),
        "layout": asdict(case.layout),
        "cache": case.cache,
    }
    limits = Limits(
        timeout_s=effort.timeout_s, memory_limit=effort.memory_limit, cores=choose_cores(case.resources.threads)
    )
    return supervised(work, case.resources, limits, scratch, python)
