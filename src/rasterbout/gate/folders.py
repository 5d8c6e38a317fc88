"""Pairs from two run folders: the rounds that both contain."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rasterbout import identity
from rasterbout.environment_file import read_environment
from rasterbout.errors import BadInput
from rasterbout.fitness import unfit_rounds
from rasterbout.gate.pairs import SIDES, CasePairs, Side, blame
from rasterbout.identity import Key
from rasterbout.record import Record, latest
from rasterbout.record_file import RecordFile

Rounds = dict[int, Record]


def pairs_of_folders(base: Path, head: Path) -> list[CasePairs]:
    """Return the cases of either folder, without rounds that were unfit or interrupted on a side.

    Raises
    ------
    BadInput
        A folder holds no records, or records of an older version that cannot be matched.
    """
    records = {side: _usable(folder) for side, folder in zip(SIDES, (base, head), strict=True)}
    known = _common_parameters(records.values())
    sides = {side: _rounds(folder, records[side], known) for side, folder in zip(SIDES, (base, head), strict=True)}
    first: dict[Key, Record] = {}
    for rounds in sides.values():
        for key, by_round in rounds.items():
            first.setdefault(key, next(iter(by_round.values())))
    names = identity.case_names(_fields(record, known) for record in first.values())
    return [_pairs(key, names[key], {side: sides[side].get(key, {}) for side in SIDES}) for key in first]


def libraries_of(folder: Path) -> dict[str, str]:
    """Return the library versions recorded for the run in ``folder``, empty if unknown."""
    found: dict[str, str] = read_environment(folder / "environment.json").get("libraries", {})
    return found


def _usable(folder: Path) -> list[Record]:
    path = folder / "records.jsonl"
    if not path.exists():
        raise BadInput(f"{folder}: holds no records.jsonl; name the folder of a run, or a git revision")
    records = latest(RecordFile(path).read())
    unfit = set(unfit_rounds(records))
    return [
        record
        for record in records
        if record.status != "interrupted" and not (record.status == "ok" and record.round in unfit)
    ]


def _common_parameters(sides: Iterable[list[Record]]) -> set[str] | None:
    """Return the parameters that all records have; None if all are of one version and so have the same."""
    records = [record for side in sides for record in side]
    if len({record.schema for record in records}) < 2:
        return None
    oldest = min(record.schema for record in records)
    return {name for record in records if record.schema == oldest for name in record.parameters}


def _fields(record: Record, known: set[str] | None) -> Mapping[str, Any]:
    if known is None:
        return vars(record)
    return {**vars(record), "parameters": identity.common_parameters(vars(record), known)}


def _rounds(folder: Path, records: list[Record], known: set[str] | None) -> dict[Key, Rounds]:
    found: dict[Key, Rounds] = defaultdict(dict)
    for record in records:
        rounds = found[identity.key(_fields(record, known))]
        if record.round in rounds:
            raise BadInput(
                f"{folder}: two of its cases differ in parameters that older records lack, such as "
                f"{identity.case_name(vars(record))}; measure both runs with one version of rasterbout"
            )
        rounds[record.round] = record
    return found


def _pairs(key: Key, name: str, rounds: dict[Side, Rounds]) -> CasePairs:
    case = CasePairs(key=key, name=name)
    bad = {side: _bad(records) for side, records in rounds.items()}
    if endings := {side: ending for side, ending in bad.items() if ending is not None}:
        blame(case, endings)
        return case
    for number in sorted(rounds["base"].keys() & rounds["head"].keys()):
        case.add({side: rounds[side][number].median_wall_s for side in SIDES})
    return case


def _bad(records: Rounds) -> tuple[str, str] | None:
    """Return status and reason of the first failed round, or None if all succeeded."""
    if not records:
        return "missing", "this side has no record of it"
    return next(((record.status, record.reason) for record in records.values() if record.status != "ok"), None)
