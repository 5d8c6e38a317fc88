"""The files that the repeats of a case left, each different one kept until it is verified."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from rasterbout.measure.messages import Result


def output_path(scratch: Path, index: int) -> Path:
    """Return where the worker writes the result of the operation of this number."""
    return scratch / f"output-{index}.tif"


class Results:
    """Takes the result of each repeat out of the way of the next.

    Two files of equal bytes stand for each other, so only one of them is kept.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._kept: dict[tuple[int, str], Path] = {}

    def take(self, index: int) -> str | None:
        """Return the digest of the result that is there now, and move it away; None where there is no file."""
        output = output_path(self._scratch, index)
        if not output.is_file():
            return None
        with output.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if (index, digest) in self._kept:
            output.unlink()
        else:
            self._kept[index, digest] = output.rename(self._scratch / f"kept-{index}-{len(self._kept)}.tif")
        return digest

    def to_verify(self, known: Mapping[str, Iterable[str]]) -> list[Result]:
        """Return the results that are kept, except those whose digests are ``known`` for their operation."""
        return [
            Result(index=index, digest=digest, path=str(path))
            for (index, digest), path in self._kept.items()
            if digest not in known.get(str(index), ())
        ]
