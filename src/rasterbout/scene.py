"""Named inputs and the operations they allow."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasterbout.operations.build import Inputs, build, missing_parameters, missing_roles
from rasterbout.operations.operation import Operation
from rasterbout.operations.registry import operations
from rasterbout.raster import Band, Raster


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The inputs that a dataset, a product or the user's own files provide.

    Attributes
    ----------
    name
        Name of the dataset or of the product; ``files`` for the user's own.
    inputs
        Bands and rasters by role; see `rasterbout.operations.build.Inputs`.
    defaults
        Default values of parameters.
    size
        Rows and columns of its finest grid, in pixels; None if each operation has its own.
    """

    name: str
    inputs: Inputs
    defaults: Mapping[str, Any] = field(default_factory=dict)
    size: tuple[int, int] | None = None

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """The files, each once."""
        every = (one.raster if isinstance(one, Band) else one for one in self.inputs.values())
        return tuple({raster.path: raster for raster in every}.values())

    def possible(self) -> list[str]:
        """Return the names of the operations whose inputs are all present."""
        return [name for name, one in operations().items() if not missing_roles(one, self.inputs)]

    def lacking(self, name: str, chosen: Mapping[str, Any]) -> list[str]:
        """Return the required parameters of the operation ``name`` that neither the user nor the scene provides."""
        return missing_parameters(operations()[name], self._parameters(chosen))

    def operation(self, name: str, chosen: Mapping[str, Any] | None = None) -> Operation:
        """Return the operation ``name`` on these inputs, with the parameters that the user chose.

        Raises
        ------
        BadInput
            An input or a parameter is missing or impossible, or the inputs do not fit together.
        """
        return build(operations()[name], self.inputs, self._parameters(chosen or {}))

    def operations(
        self, names: Collection[str] | None = None, chosen: Mapping[str, Any] | None = None
    ) -> dict[str, Operation]:
        """Return the operations among ``names`` (default: all) whose inputs and parameters are complete, by name.

        Raises
        ------
        BadInput
            A parameter is impossible, or the inputs do not fit together.
        """
        chosen = chosen or {}
        asked = [name for name in self.possible() if names is None or name in names]
        return {name: self.operation(name, chosen) for name in asked if not self.lacking(name, chosen)}

    def width_for(self, operation: Operation) -> int:
        """Return the nominal width of a case in pixels."""
        return self.size[1] if self.size is not None else operation.inputs[0].grid.width

    def describe(self) -> Iterator[str]:
        """Yield a line for each file, and one for each operation."""
        for raster in self.rasters:
            yield raster.describe()
        for name, operation in self.operations().items():
            files = " and ".join(raster.path.name for raster in operation.inputs)
            yield f"{name}: {files} to {operation.grid.describe()}"

    def _parameters(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.defaults, **{name: value for name, value in chosen.items() if value is not None}}
