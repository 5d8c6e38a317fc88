"""``records.jsonl``: an append-only file that survives the death of its writers.

Writers on one machine share a file under a lock. Each job of a cluster has a part of its own beside it,
``records.<part>.jsonl``, because locks do not hold on every network file system.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import TypeAdapter, ValidationError

from rasterbout.errors import BadInput
from rasterbout.record import SCHEMA, Record
from rasterbout.safe_text import encodable

ADAPTER = TypeAdapter(Record)
FIELDS = {known.name for known in fields(Record)}


class RecordFile:
    """The records of a run; several processes may append and read concurrently.

    Parameters
    ----------
    path
        ``records.jsonl`` in the folder of the run.
    part
        Name of the part to which this writer, and no other, appends; empty to append to ``path``.
    """

    def __init__(self, path: Path, part: str = "") -> None:
        self.path = path
        self._part = path.with_suffix(f".{part}{path.suffix}") if part else None

    def append(self, record: Record) -> None:
        """Append a record, and return once it is on disk."""
        line = json.dumps(encodable(asdict(record)), allow_nan=False).encode() + b"\n"
        with self._part.open("ab+", buffering=0) if self._part else self._locked("ab+", fcntl.LOCK_EX) as file:
            _set_broken_end_aside(file, self._part or self.path)
            while line:  # a nearly full disk may accept only a part
                line = line[os.write(file.fileno(), line) :]
            os.fsync(file.fileno())
            _sync_folder(self.path.parent)

    def read(self) -> list[Record]:
        """Return all records of the file and its parts, ignoring incomplete last lines; in order of time if in parts.

        Raises
        ------
        BadInput
            Another line is not a record.
        """
        records = []
        if self.path.exists():
            with self._locked("rb", fcntl.LOCK_SH) as file:
                records = _parsed(file.read(), self.path)
        parts = sorted(self.path.parent.glob(f"{self.path.stem}.*{self.path.suffix}"))
        for part in parts:
            records += _parsed(part.read_bytes(), part)
        return sorted(records, key=lambda record: record.started_at) if parts else records

    def mend(self) -> Path | None:
        """Move an incomplete last line to a file of its own, and return that file, or None if there is none."""
        if not self.path.exists():
            return None
        with self._locked("ab+", fcntl.LOCK_EX) as file:
            return _set_broken_end_aside(file, self.path)

    @contextmanager
    def _locked(self, mode: str, lock: int) -> Iterator[BinaryIO]:
        with self.path.open(mode, buffering=0) as file:
            fcntl.flock(file, lock)  # released when the file is closed or the process is killed
            yield file  # type: ignore[misc]


def _parsed(content: bytes, path: Path) -> list[Record]:
    whole, _, _ = content.rpartition(b"\n")
    return [_record(line, f"{path}: line {number}") for number, line in enumerate(whole.split(b"\n"), start=1) if line]


def _record(line: bytes, where: str) -> Record:
    try:
        fields = json.loads(line)
        problem = _not_readable(fields)
        if not problem:
            return ADAPTER.validate_json(json.dumps(_upgraded(fields)), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        problem = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}, got {first['input']!r:.60}"
    except (ValueError, AttributeError) as error:
        problem = str(error)
    raise BadInput(f"{where} is not a record ({problem}); remove that line")


def _not_readable(fields: dict[str, Any]) -> str:
    """Return why this version of rasterbout cannot read a record; empty if it can."""
    if fields.get("schema", 1) > SCHEMA:
        return f"its schema {fields['schema']} is newer than {SCHEMA}, the newest that this rasterbout reads: update it"
    unknown = ", ".join(sorted(fields.keys() - FIELDS))
    return f"unknown field {unknown}" if unknown else ""


def _upgraded(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an older record, completed with those of newer versions as far as they are known."""
    if "schema" in fields:
        return fields
    known = {name: fields[name] for name in ("factor", "resampling") if fields.get(name) is not None}
    asked = {"cache_asked": fields["cache"]} if "cache" in fields else {}  # the first version had one field for both
    return {**asked, **fields, "schema": 1, "parameters": known}


def _set_broken_end_aside(file: BinaryIO, path: Path) -> Path | None:
    """Move an incomplete last line of ``file`` to a file beside ``path``."""
    size = file.seek(0, os.SEEK_END)
    if size == 0 or os.pread(file.fileno(), 1, size - 1) == b"\n":
        return None
    file.seek(0)
    content = file.read()
    whole = content.rfind(b"\n") + 1
    aside = path.with_suffix(".broken")
    with aside.open("ab") as broken:
        broken.write(content[whole:] + b"\n")
        broken.flush()
        os.fsync(broken.fileno())
    file.truncate(whole)
    return aside


def _sync_folder(folder: Path) -> None:
    """Flush the folder, so that the name of a new file is on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
