"""Rounds of cases: in each round every case once, in a shuffled order, each in a fresh process."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rasterbout.case import Case
from rasterbout.measure.process import Facts, request_for, run_worker
from rasterbout.operation_json import operation_to_json
from rasterbout.record import Record


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How often and how long to measure.

    Attributes
    ----------
    rounds
        How many processes measure each case.
    warmups, repeats
        How often each process runs its operation, first untimed, then timed.
    timeout_s
        How long a process may take in all.
    seed
        Of the order within the rounds.
    """

    rounds: int
    repeats: int
    timeout_s: float
    warmups: int = 1
    seed: int = 0


def measure(cases: Sequence[Case], settings: Settings, done: set[tuple[object, ...]], folder: Path) -> Iterator[Record]:
    """Measure all ``cases`` that are not ``done``, and yield each record as soon as it is there.

    Parameters
    ----------
    done
        `Record.cell` of what was measured before.
    folder
        Where outputs are written, and removed again.
    """
    order = random.Random(settings.seed)  # noqa: S311  an order to be repeated, no secret
    for number in range(1, settings.rounds + 1):
        shuffled = order.sample(list(cases), len(cases))
        left = [case for case in shuffled if _record(case, number, {"status": "ok"}).cell not in done]
        floors: dict[str, float | None] = {}
        for case in left:
            key = f"{case.dataset}/{case.size}/{case.operation.name}/{case.resources.threads}"
            if key not in floors:
                floors[key] = _floor_s(case, settings, folder)
            started_at = datetime.now(UTC).isoformat(timespec="seconds")
            facts = _measure_one(case, settings, folder)
            yield _record(case, number, {**facts, "floor_s": floors[key], "started_at": started_at})


def _measure_one(case: Case, settings: Settings, folder: Path) -> Facts:
    out = folder / "output.tif"
    request = request_for(operation_to_json(case.operation), case.backend, case.resources, str(out))
    request |= {"layout": asdict(case.layout), "warmups": settings.warmups, "repeats": settings.repeats}
    try:
        facts = run_worker(request, case.resources, settings.timeout_s)
    finally:
        _clear(folder)
    if facts.get("status") != "ok":
        facts["wall_s"] = []  # no speed for wrong pixels, nor for a part of the repeats
    return {"status": "crashed", "reason": "it ended without an answer", **facts}


def _floor_s(case: Case, settings: Settings, folder: Path) -> float | None:
    request = request_for(operation_to_json(case.operation), None, case.resources, str(folder / "floor.bin"))
    facts = run_worker(request, case.resources, settings.timeout_s)
    return median(facts["wall_s"]) if facts.get("wall_s") else None


def _clear(folder: Path) -> None:
    for leftover in sorted(folder.rglob("*"), reverse=True):
        leftover.rmdir() if leftover.is_dir() else leftover.unlink(missing_ok=True)


def _record(case: Case, number: int, facts: Facts) -> Record:
    return Record(
        operation=case.operation.name,
        backend=case.backend,
        dataset=case.dataset,
        size=case.size,
        layout=case.layout.blocks,
        compress=case.layout.compression,
        chunk=case.chunk,
        workers=case.resources.workers,
        threads=case.resources.threads_per_worker,
        cache=case.cache,
        round=number,
        **facts,
    )
