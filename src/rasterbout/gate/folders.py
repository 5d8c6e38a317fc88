"""Pairs out of two run folders: the rounds that both have, side by side."""

from collections import defaultdict
from pathlib import Path

from rasterbout.errors import BadInput
from rasterbout.fitness import unfit_rounds
from rasterbout.gate.pairs import SIDES, CasePairs, Side, blame
from rasterbout.measure.folder import RunFolder
from rasterbout.record import Key, Record, latest
from rasterbout.record_file import RecordFile

Rounds = dict[int, Record]


def pairs_of_folders(base: Path, head: Path) -> list[CasePairs]:
    """Return the cases of either folder; rounds that were unfit on a side, or stopped, are no pair.

    Raises
    ------
    BadInput
        A folder holds no records.
    """
    sides = {side: _rounds(folder) for side, folder in zip(SIDES, (base, head), strict=True)}
    keys = dict.fromkeys([*sides["base"], *sides["head"]])
    return [_pairs({side: sides[side].get(key, {}) for side in SIDES}) for key in keys]


def libraries_of(folder: Path) -> dict[str, str]:
    """Return the versions of the libraries that the run in ``folder`` was measured with, as far as it tells."""
    environment = RunFolder(folder, resume=True).earlier()
    found: dict[str, str] = environment.get("libraries", {})
    return found


def _rounds(folder: Path) -> dict[Key, Rounds]:
    path = folder / "records.jsonl"
    if not path.exists():
        raise BadInput(f"{folder}: holds no records.jsonl; name the folder of a run, or a git revision")
    records = latest(RecordFile(path).read())
    unfit = set(unfit_rounds(records))
    found: dict[Key, Rounds] = defaultdict(dict)
    for record in records:
        if record.status != "interrupted" and not (record.status == "ok" and record.round in unfit):
            found[record.case][record.round] = record
    return found


def _pairs(rounds: dict[Side, Rounds]) -> CasePairs:
    some = next(record for records in rounds.values() for record in records.values())
    case = CasePairs(name=name_of(some))
    bad = {side: _bad(records) for side, records in rounds.items()}
    if endings := {side: ending for side, ending in bad.items() if ending is not None}:
        blame(case, endings)
        return case
    for number in sorted(rounds["base"].keys() & rounds["head"].keys()):
        case.add({side: rounds[side][number].median_wall_s for side in SIDES})
    return case


def _bad(records: Rounds) -> tuple[str, str] | None:
    """Return status and reason of the first round that did not end well; None where all did."""
    if not records:
        return "missing", "this side has no record of it"
    return next(((record.status, record.reason) for record in records.values() if record.status != "ok"), None)


def name_of(record: Record) -> str:
    """Return what people call the case of ``record``."""
    return (
        f"{record.operation} {record.backend} on {record.dataset} {record.size}, chunk {record.chunk}, "
        f"workers {record.workers}"
    )
