"""Answers of subprocesses, kept in a file of the cache folder until something that they depend on changes."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from rasterbout.cache_folder import cache_root

MOST = 128
"""Answers that the file keeps. Each combination of files and environment variables has its own."""

READ_BY_PROGRAMS = ("GDAL_", "ITK_", "LD_", "OTB_", "PROJ_", "PYTHON")
"""How the names of variables begin that OTB, its libraries, the linker and Python read."""


def remembered(
    question: str,
    ask: Callable[[], Any],
    *,
    files: Iterable[Path],
    environment: Mapping[str, str],
    variables: Iterable[str] = (),
) -> Any:
    """Return the answer to ``question`` from the file, or ask and keep the answer.

    A file that cannot be read or written is ignored.

    Parameters
    ----------
    question
        Text that distinguishes this question from others.
    ask
        Returns the answer, as JSON can represent it; None means that there is no certain answer, and is
        not kept.
    files
        Files and folders on which the answer depends; they may be missing.
    environment
        Environment variables of the subprocess. The answer depends on ``PATH``, ``HOME``, those whose
        names begin with one of `READ_BY_PROGRAMS`, and ``variables``.
    variables
        Names of further environment variables on which the answer depends.
    """
    key = _fingerprint(question, files, environment, variables)
    known = _load()
    if key in known:
        return known[key]
    answer = ask()
    if answer is not None:
        _save({**_load(), key: answer})
    return answer


def _fingerprint(question: str, files: Iterable[Path], environment: Mapping[str, str], variables: Iterable[str]) -> str:
    names = {"PATH", "HOME", *variables, *(name for name in environment if name.startswith(READ_BY_PROGRAMS))}
    facts = [
        question,
        [_state(file) for file in sorted(files)],
        [[name, environment.get(name)] for name in sorted(names)],
    ]
    # A digest, as the values of environment variables are not to be stored.
    return hashlib.sha256(json.dumps(facts).encode("utf-8", "surrogateescape")).hexdigest()


def _state(file: Path) -> list[str | int | None]:
    """Return path, size in bytes and time of modification in ns; links are followed."""
    try:
        found = file.stat()
    except OSError:
        return [str(file), None, None]
    return [str(file), found.st_size, found.st_mtime_ns]


def _file() -> Path:
    return cache_root() / "otb" / "probes.json"


def _load() -> dict[str, Any]:
    with suppress(OSError, ValueError, RuntimeError):  # RuntimeError: the home folder for ~ is unknown
        known = json.loads(_file().read_text(encoding="utf-8"))
        if isinstance(known, dict):
            return known
    return {}


def _save(known: dict[str, Any]) -> None:
    latest = dict(list(known.items())[-MOST:])
    with suppress(OSError, RuntimeError):
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            part.write_text(json.dumps(latest), encoding="utf-8")
            part.replace(file)  # at once, so that no other process reads a part
        finally:
            part.unlink(missing_ok=True)
