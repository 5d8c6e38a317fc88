"""Measure cases once: a process that performs warm-ups and timed repeats of each."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rasterbout.case import Case
from rasterbout.measure.case_process import CaseProcess, Known
from rasterbout.measure.cores import choose_cores
from rasterbout.measure.inputs import Inputs
from rasterbout.measure.launcher import Launcher, LocalLauncher
from rasterbout.measure.messages import Close, Do, Limits, Request, Work
from rasterbout.operations.operation import Operation
from rasterbout.transport import operation_to_json

HERE = LocalLauncher()


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Number of repetitions and limits of one process.

    Attributes
    ----------
    warmups, repeats
        Number of untimed, then of timed repetitions of the operation.
    enough_s
        Time after which the operation is not repeated again, in seconds; None for no such limit.
    timeout_s
        Total time limit of a backend in seconds, without the verification of its pixels.
    memory_limit
        Memory limit of all processes together, in bytes; None for no limit.
    """

    repeats: int
    timeout_s: float
    warmups: int = 1
    memory_limit: int | None = None
    enough_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where processes run and write.

    Attributes
    ----------
    scratch
        A folder for outputs, which the supervisor creates and removes.
    pictures
        Paths of pictures of the results, one for each case; an existing picture is kept if the result is right.
    python
        The interpreter, and hence the installation of rasterbout, that does the work.
    flames
        File for the stacks of the timed repeats; None to sample none.
    """

    scratch: Path
    pictures: Sequence[Path] = ()
    launcher: Launcher = HERE
    python: str = sys.executable
    flames: Path | None = None


@contextmanager
def measuring(cases: Sequence[Case], effort: Effort, place: Place, known: Known | None = None) -> Iterator[CaseProcess]:
    """Start to measure ``cases`` of one session in turn; results in ``known`` are not verified again."""
    known = known or {}
    in_all = replace(effort, timeout_s=effort.timeout_s * len(cases))
    with session(cases[0], [case.operation for case in cases], in_all, place, known) as process:
        for index in range(len(cases)):
            for timed, times in ((False, effort.warmups), (True, effort.repeats)):
                for _ in range(times):
                    process.send(Do(do=index, timed=timed))
        pictures = {str(index): str(path) for index, path in enumerate(place.pictures)}
        process.send(Close(pictures=pictures, known=digests(known)))
        yield process


def trial(case: Case, effort: Effort, place: Place) -> CaseProcess:
    """Return the process that has performed ``case`` once, untimed: whether it works at all, and where."""
    with session(case, [case.operation], effort, place, {}) as process:
        process.send(Do(do=0, timed=False))
        process.send(Close())
        process.until_it_ends()
    return process


@contextmanager
def measuring_floor(case: Case, effort: Effort, place: Place) -> Iterator[CaseProcess]:
    """Start to measure the floor of ``case``, on its cores or workers, and from the same state of the page cache."""
    where = case if case.resources.scheduler else replace(case, backend="")
    work = replace(_work(where, [case.operation]), floor=True)
    with _launched(work, [case.operation], effort, place, {}) as process:
        for _ in range(effort.repeats):
            process.send(Do(do=0, timed=True))
        process.send(Close())
        yield process


def session(
    case: Case, operations: list[Operation], effort: Effort, place: Place, known: Known
) -> AbstractContextManager[CaseProcess]:
    """Start a process that opens the session of ``case`` for ``operations`` and waits for `Do` and `Close`."""
    return _launched(_work(case, operations), operations, effort, place, known)


def _work(case: Case, operations: list[Operation]) -> Work:
    return Work(
        backend=case.backend or None,
        operations=[operation_to_json(operation) for operation in operations],
        resources=case.resources,
        layout=case.layout,
        cache=case.cache,
    )


@contextmanager
def _launched(
    work: Work, operations: Sequence[Operation], effort: Effort, place: Place, known: Known
) -> Iterator[CaseProcess]:  # fmt: skip
    inputs = Inputs(operations)
    limits = Limits(
        timeout_s=effort.timeout_s,
        memory_limit=effort.memory_limit,
        cores=choose_cores(work.resources.threads),
        enough_s=effort.enough_s,
    )
    request = Request(
        work=work, limits=limits, scratch=str(place.scratch), flames=str(place.flames or ""), inputs=inputs.files
    )
    with place.launcher.launch(request, known, place.python) as process:
        yield process
    process.touched = inputs.touched()
    process.spoilt = inputs.touched()  # what could not be mended


def digests(known: Known) -> dict[str, list[str]]:
    """Return the digests of ``known`` results in the form that `Close` needs."""
    return {str(index): list(verified) for index, verified in known.items()}
