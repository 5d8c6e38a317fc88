"""The files that a backend reads, watched for what it does to them."""

from collections.abc import Iterable
from pathlib import Path

from rasterbout.cache_folder import cache_root
from rasterbout.operations.operation import Operation

SIDECARS = (".aux.xml", ".msk", ".ovr")
"""Endings of the files that GDAL reads beside a raster, and that change what it is."""

State = tuple[int, int, int, int]


class Inputs:
    """The input files of ``operations``, as they are now."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        found = (file for operation in operations for raster in operation.inputs for file in raster.files)
        self._states = {file: _state(file) for file in found}
        self._beside = self._sidecars()

    @property
    def files(self) -> list[str]:
        """Their paths."""
        return [str(file) for file in self._states]

    def touched(self) -> str:
        """Return what has happened to them since, in one line; empty for nothing.

        New sidecars of generated files are removed, so that a second call does not find them.
        """
        for file, before in self._states.items():
            if (now := _state(file)) != before:
                return f"its input {file} was {'removed' if now is None else 'changed'} meanwhile"
        new = sorted(self._sidecars() - self._beside)
        for path in new:
            if cache_root() in path.parents:
                path.unlink(missing_ok=True)
        return f"{new[0]} appeared beside its input meanwhile" if new else ""

    def _sidecars(self) -> set[Path]:
        beside = (file.with_name(file.name + ending) for file in self._states for ending in SIDECARS)
        return {path for path in beside if path.exists()}


def _state(file: Path) -> State | None:
    """Return what changes if a file is written or replaced; None if there is no file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
