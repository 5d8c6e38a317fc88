"""Rules of thumb drawn from the records of one task, each with its evidence."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from rasterbout.record import Record
from rasterbout.reports.statistics.answer import BASELINE, Candidate, candidates, time_ratio
from rasterbout.reports.statistics.words import times
from rasterbout.window import cuts_blocks


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A piece of advice, and the measurements that support it."""

    advice: str
    evidence: str


def rules(records: Iterable[Record]) -> list[Rule]:
    """Return the rules that follow from the `usable` records of one task; none where nothing was varied."""
    records = list(records)
    found = candidates(records)
    by_backend: dict[str, list[Candidate]] = {}
    for one in found:
        by_backend.setdefault(one.backend, []).append(one)
    stored = next((record for record in records if record.input_blocks and record.operation != "superimpose"), None)
    return [*_dask(found, records), *(rule for group in by_backend.values() for rule in _chunk(group, stored))]


def clash(chunk: str, size: int, blocks: Sequence[int]) -> bool:
    """Whether pieces of ``chunk`` pixels cut through the blocks of a raster of ``size`` x ``size`` pixels.

    ``blocks`` are the rows and columns of a block. A strip, wider than a piece, is read once for each
    piece that it crosses.
    """
    if chunk == "auto" or not blocks:
        return False
    rows, columns = blocks
    return cuts_blocks(int(chunk), (size, size), (rows, columns))


def _chunk(group: Sequence[Candidate], stored: Record | None) -> Iterator[Rule]:
    """Compare the chunks of one backend at the number of workers at which it is fastest.

    ``stored`` is a record with the blocks of the input; None where the pieces of the input are not chunks.
    """
    fastest = min(group, key=lambda one: one.median_wall_s)
    same = [one for one in group if (one.workers, one.threads) == (fastest.workers, fastest.threads)]
    others = sorted((one for one in same if one is not fastest), key=lambda one: one.median_wall_s)
    if not others:
        return
    ratios = {one.chunk: time_ratio(one, fastest, same) for one in others}
    compared = ", ".join(f"{chunk}: {times(ratio)}" for chunk, ratio in ratios.items())
    close = [chunk for chunk, ratio in ratios.items() if not ratio.can_be_called]
    advice = f"{fastest.backend}: chunk {fastest.chunk} is the fastest"
    if close:
        advice = f"{fastest.backend}: chunk {fastest.chunk}, too close to call with {', '.join(close)}"
    if stored is not None and clash(fastest.chunk, stored.size, stored.input_blocks):
        rows, columns = stored.input_blocks
        advice += f", though it cuts through the file's blocks of {rows} x {columns}"
    yield Rule(advice=advice, evidence=f"at {fastest.workers} workers, against the others {compared}")


def _dask(found: Sequence[Candidate], records: Sequence[Record]) -> Iterator[Rule]:
    """Yield whether dask pays off at this size without start-up, and how many runs make up for its start-up."""
    dask = [one for one in found if one.backend.startswith("dask-") and one.backend != BASELINE]
    others = [one for one in found if not one.backend.startswith("dask-")]
    if not dask or not others:
        return
    with_dask, without = min(dask, key=lambda one: one.median_wall_s), min(others, key=lambda one: one.median_wall_s)
    ratio = time_ratio(without, with_dask, found)
    size = f"at {records[0].size} pixels"
    evidence = f"{without.backend} takes {times(ratio)} the time of {with_dask.backend}"
    if not ratio.can_be_called:
        yield Rule(advice=f"whether dask pays off is too close to call {size}", evidence=evidence)
    elif ratio.value < 1:
        yield Rule(advice=f"dask does not pay off {size}", evidence=evidence)
    else:
        yield Rule(advice=f"dask pays off {size}", evidence=evidence + _paid_after(records, with_dask, without))


def _paid_after(records: Sequence[Record], slow_to_start: Candidate, other: Candidate) -> str:
    """Return after how many runs a backend makes up for its start-up; empty where that was not measured."""
    starts_s = [
        [record.startup_s for record in records if record.backend == one.backend and record.startup_s]
        for one in (slow_to_start, other)
    ]
    if not all(starts_s):
        return ""
    more_s = median(starts_s[0]) - median(starts_s[1])
    runs = math.ceil(max(0.0, more_s) / (other.median_wall_s - slow_to_start.median_wall_s))
    return f"; it takes {more_s:.1f} s more to start, which {runs} runs in one session make up for"
