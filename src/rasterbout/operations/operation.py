"""The base class of operations: a frozen dataclass with inputs, parameters and an output grid.

A module of this package, or a module that a distribution announces in the entry-point group
``rasterbout.operations``, defines one subclass of `Operation`::

    @dataclass(frozen=True, kw_only=True)
    class WindowMax(Operation):
        \"\"\"Largest valid pixel of each window.\"\"\"

        name: ClassVar[str] = "window_max"
        oracle: ClassVar[str] = "my_package.window_max:WindowMaxOracle"
        source: Raster = role("File to reduce, all bands.")
        factor: int = parameter("Edge of a window in pixels.")

        @property
        def grid(self) -> Grid:
            return self.source.grid.coarsen(self.factor)

        @property
        def count(self) -> int:
            return self.source.count

A backend implements it as a session method of the same name, which takes the values of the fields, in
order, then the `Output`: ``def window_max(self, source, factor, out)``.
"""

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar

from rasterbout.grid import Grid
from rasterbout.operations.fields import fields_of
from rasterbout.raster import Band, Raster


def role(text: str, *, name: str = "") -> Any:
    """Declare a field that holds an input: a `Band`, a `Raster`, or the `Grid` of a raster.

    Parameters
    ----------
    text
        Help text of the command line option.
    name
        Name of the option and of the dataset's input; defaults to the name of the field.
    """
    return field(metadata={"help": text} | ({"role": name} if name else {}))


def parameter(text: str, *, default: Any = MISSING) -> Any:
    """Declare a field that holds a number, a string or a `StrEnum`; ``text`` is the help text of its option."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class Operation(ABC):
    """One operation on given inputs.

    Instances are always valid: subclasses raise `BadInput` from ``__post_init__`` if inputs or
    parameters do not fit together. The first line of a subclass's docstring is its help text.
    """

    name: ClassVar[str]
    """Name of the operation and of the session's method, with underscores."""

    oracle: ClassVar[str]
    """``module:class`` of its oracle, imported only to verify: see `rasterbout.oracle.expected.Oracle`."""

    @property
    @abstractmethod
    def grid(self) -> Grid:
        """The grid of the output."""

    @property
    @abstractmethod
    def count(self) -> int:
        """Number of bands of the output."""

    @property
    def output_bytes(self) -> int:
        """Uncompressed size of the output's float32 pixels in bytes."""
        return self.count * self.grid.width * self.grid.height * 4

    @property
    def inputs(self) -> tuple[Raster, ...]:
        """The raster files whose pixels are read, each once, in the order of the fields."""
        rasters = (raster for raster in map(_raster_of, self.values) if raster is not None)
        return tuple({raster.path: raster for raster in rasters}.values())

    @property
    def bands_read(self) -> dict[Path, list[int]]:
        """The numbers (from 1) of the bands to read from each file."""
        bands: dict[Path, set[int]] = {}
        for value in self.values:
            if isinstance(value, Band):
                bands.setdefault(value.raster.path, set()).add(value.index)
            elif isinstance(value, Raster):
                bands.setdefault(value.path, set()).update(range(1, value.count + 1))
        return {path: sorted(numbers) for path, numbers in bands.items()}

    @property
    def parameters(self) -> dict[str, Any]:
        """Everything but the files that determines the result, as JSON: bands, numbers, resampling, reference grid."""
        paths = [raster.path for raster in self.inputs]
        found: dict[str, Any] = {}
        for one, value in zip(fields_of(type(self)), self.values, strict=True):
            match value:
                case Band():
                    found[f"{one.role}_band"] = value.index
                case Grid():
                    found[one.role] = value.as_json()
                case Enum():
                    found[one.name] = value.value
                case _ if not one.is_input:
                    found[one.name] = value
            if isinstance(value, Band | Raster) and 1 < len(paths) < _files_of(self):
                found[f"{one.role}_input"] = paths.index(_path_of(value))  # the list of files does not show it
        return found

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of the fields, in order."""
        return tuple(getattr(self, one.name) for one in fields_of(type(self)))


def _raster_of(value: object) -> Raster | None:
    if isinstance(value, Band):
        return value.raster
    return value if isinstance(value, Raster) else None


def _path_of(value: Band | Raster) -> Path:
    return value.raster.path if isinstance(value, Band) else value.path


def _files_of(operation: Operation) -> int:
    """Return the number of fields that hold a file."""
    return sum(isinstance(value, Band | Raster) for value in operation.values)
