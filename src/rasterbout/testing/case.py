"""Cases: an operation on an awkward raster, under a name that says what is awkward."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rasterbout.operations.operation import Operation

Make = Callable[[Path], Operation]


@dataclass(frozen=True)
class Case:
    """An operation that is made on demand: ``make`` writes its rasters into a folder."""

    operation: str
    name: str
    make: Make

    def __str__(self) -> str:
        return f"{self.operation}-{self.name}"

    @property
    def title(self) -> str:
        """How a message names the case."""
        return f"{self.operation}, case '{self.name}'"


class Cases:
    """The cases of one operation by name.

    Used as a decorator, it adds a function that makes a case; the function's name, with dashes, is the case's.
    """

    def __init__(self, operation: str, *parts: "Cases") -> None:
        self.operation = operation
        self._cases: dict[str, Case] = {}
        for part in parts:
            for case in part:
                self.add(case.name, case.make)

    def __call__(self, make: Make) -> Make:
        """Add the case that ``make`` makes."""
        self.add(make.__name__.replace("_", "-"), make)
        return make

    def add(self, name: str, make: Make) -> None:
        """Add a case; each name exists once."""
        assert name not in self._cases, f"two cases of {self.operation} are called {name}"
        self._cases[name] = Case(self.operation, name, make)

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases.values())

    def __getitem__(self, name: str) -> Case:
        return self._cases[name]
