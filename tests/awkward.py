"""Cases: an operation on an awkward raster, under a name that says what is awkward."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rasterbout.operations.operation import Operation

Make = Callable[[Path], Operation]


@dataclass(frozen=True)
class Case:
    """An operation that is made when it is needed: ``make`` writes its rasters into a folder."""

    name: str
    make: Make

    def __str__(self) -> str:
        return self.name


class Cases:
    """A table of cases, filled by decorating functions: the function's name is the case's."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}

    def __call__(self, make: Make) -> Make:
        self.add(make.__name__.replace("_", "-"), make)
        return make

    def add(self, name: str, make: Make) -> None:
        assert name not in self._cases, f"two cases are called {name}"
        self._cases[name] = Case(name, make)

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases.values())

    def __getitem__(self, name: str) -> Case:
        return self._cases[name]


class Made:
    """Makes each case once, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Operation] = {}

    def __call__(self, operation_name: str, case: Case) -> Operation:
        key = f"{operation_name}-{case.name}"
        if key not in self._made:
            folder = self._folder / key
            folder.mkdir()
            self._made[key] = case.make(folder)
        return self._made[key]
