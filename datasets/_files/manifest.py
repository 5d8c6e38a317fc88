"""The manifest of a dataset folder: size and SHA-256 of every file, to detect damage."""

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

NAME = "manifest.json"


def write(folder: Path) -> None:
    """Write the manifest of all files in ``folder``."""
    files = sorted(file for file in folder.iterdir() if file.name != NAME)
    with ThreadPoolExecutor() as pool:
        sums = list(pool.map(sha256, files))
    entries = {
        file.name: {"bytes": file.stat().st_size, "sha256": digest} for file, digest in zip(files, sums, strict=True)
    }
    (folder / NAME).write_text(json.dumps({"files": entries}, indent=2) + "\n", encoding="utf-8")


def damage(folder: Path) -> str | None:
    """Return what is wrong with ``folder``, in one line that names the files; None if it is intact."""
    try:
        entries = _entries(folder / NAME)
    except FileNotFoundError:
        return f"{folder / NAME}: missing"
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return f"{folder / NAME}: unreadable"
    with ThreadPoolExecutor() as pool:  # hashing releases the GIL
        found = pool.map(lambda entry: _file_damage(folder / entry[0], *entry[1]), entries.items())
        return "; ".join(filter(None, found)) or None


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _entries(file: Path) -> Mapping[str, tuple[int, str]]:
    content: Any = json.loads(file.read_text(encoding="utf-8"))
    entries = {str(name): (int(entry["bytes"]), str(entry["sha256"])) for name, entry in content["files"].items()}
    if not entries:
        raise ValueError("a manifest names at least one file")
    return entries


def _file_damage(file: Path, size_bytes: int, digest: str) -> str | None:
    try:
        found_bytes = file.stat().st_size
        if found_bytes != size_bytes:
            return f"{file}: {found_bytes} bytes instead of {size_bytes}"
        if sha256(file) != digest:
            return f"{file}: damaged, its SHA-256 differs from the one it was made with"
    except FileNotFoundError:
        return f"{file}: missing"
    except OSError as error:
        return f"{file}: unreadable ({error.strerror})"
    return None
