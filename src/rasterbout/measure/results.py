"""The output files of the repeats of a case; each distinct one is kept until it is verified."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from rasterbout.measure.messages import Result


def output_path(scratch: Path, index: int) -> Path:
    """Return the path to which the worker writes the result of the operation number ``index``."""
    return scratch / f"output-{index}.tif"


def digest_of(path: Path) -> str:
    """Return the digest of a file and of what readers find beside it, such as ``.aux.xml`` or ``.msk``."""
    digest = hashlib.sha256()
    for one in _with_sidecars(path):
        digest.update(one.name.removeprefix(path.name).encode())
        with one.open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return digest.hexdigest()


def _with_sidecars(path: Path) -> list[Path]:
    return [path, *sorted(path.parent.glob(f"{path.name}.*"))]


class Results:
    """Moves the result of each repeat away before the next.

    Of identical files only one is kept.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._kept: dict[tuple[int, str], Path] = {}

    def take(self, index: int) -> tuple[str | None, int]:
        """Move the current result away, and return its digest and its number of bytes; None and 0 without a file."""
        output = output_path(self._scratch, index)
        if not output.is_file():
            return None, 0
        digest, result_bytes = digest_of(output), output.stat().st_size
        known = (index, digest) in self._kept
        kept = self._scratch / f"kept-{index}-{len(self._kept)}.tif"
        for path in _with_sidecars(output):
            if known:
                path.unlink()
            else:
                path.rename(kept.with_name(kept.name + path.name.removeprefix(output.name)))
        self._kept.setdefault((index, digest), kept)
        return digest, result_bytes

    def to_verify(self, known: Mapping[str, Iterable[str]]) -> list[Result]:
        """Return the kept results, except those whose digests are ``known`` for their operation."""
        return [
            Result(index=index, digest=digest, path=str(path))
            for (index, digest), path in self._kept.items()
            if digest not in known.get(str(index), ())
        ]
