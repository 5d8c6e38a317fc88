"""The output files of the repeats of a case; each distinct one is kept until it is verified."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from rasterbout.measure.messages import Result


def output_path(scratch: Path, index: int) -> Path:
    """Return the path to which the worker writes the result of the operation number ``index``."""
    return scratch / f"output-{index}.tif"


def digest_of(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Results:
    """Moves the result of each repeat away before the next.

    Of identical files only one is kept.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._kept: dict[tuple[int, str], Path] = {}

    def take(self, index: int) -> str | None:
        """Move the current result away and return its digest, or None if there is no file."""
        output = output_path(self._scratch, index)
        if not output.is_file():
            return None
        digest = digest_of(output)
        if (index, digest) in self._kept:
            output.unlink()
        else:
            self._kept[index, digest] = output.rename(self._scratch / f"kept-{index}-{len(self._kept)}.tif")
        return digest

    def to_verify(self, known: Mapping[str, Iterable[str]]) -> list[Result]:
        """Return the kept results, except those whose digests are ``known`` for their operation."""
        return [
            Result(index=index, digest=digest, path=str(path))
            for (index, digest), path in self._kept.items()
            if digest not in known.get(str(index), ())
        ]
