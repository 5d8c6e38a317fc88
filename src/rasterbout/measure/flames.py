"""Sample where the fastest cases spend their time, in processes of their own that are not measured."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.identity import TASK, Key
from rasterbout.measure.measurer import scratch_in
from rasterbout.measure.once import Effort, Place, measuring
from rasterbout.record import Record

SAMPLED_S = 3.0
MOST_REPEATS = 100


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """A case, and why it has no samples; empty if it has."""

    case: Case
    problem: str


def sample(cases: Sequence[Case], records: Sequence[Record], folder: Path, effort: Effort) -> Iterator[Sampled]:
    """Sample the stacks of the fastest setting of each task and backend for a few seconds into ``folder``.

    Cases that were sampled before are left out.
    """
    by_key = {case.key: case for case in cases}
    for key, wall_s in fastest(records).items():
        path = folder.absolute() / identity.flames_name(by_key[key].fields) if key in by_key else None
        if path is None or path.exists():
            continue
        repeats = min(MOST_REPEATS, math.ceil(SAMPLED_S / wall_s))
        place = Place(scratch=scratch_in(folder), flames=path)
        with measuring([by_key[key]], replace(effort, repeats=repeats), place) as process:
            facts = process.until_it_ends()
        problem = "" if path.exists() else facts["reason"] or "py-spy took no sample"
        yield Sampled(case=by_key[key], problem=problem)


def fastest(records: Sequence[Record]) -> dict[Key, float]:
    """Return the key of the fastest case of each task and backend, and its time in seconds."""
    times_s: dict[Key, dict[Key, list[float]]] = {}
    for record in records:
        if record.status == "ok" and record.wall_s:
            settings = times_s.setdefault(identity.key(vars(record), (*TASK, "backend")), {})
            settings.setdefault(record.case, []).append(record.median_wall_s)
    typical_s = [{case: median(found) for case, found in settings.items()} for settings in times_s.values()]
    return {min(settings, key=settings.__getitem__): min(settings.values()) for settings in typical_s}
