"""The rasters of cases, each written once."""

from pathlib import Path

from rasterbout.operations.operation import Operation
from rasterbout.testing.case import Case


class Made:
    """Writes the rasters of a case when they are first needed, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Operation] = {}

    def __call__(self, case: Case) -> Operation:
        """Return the operation of ``case``."""
        key = str(case)
        if key not in self._made:
            folder = self._folder / key
            folder.mkdir()
            self._made[key] = case.make(folder)
        return self._made[key]
