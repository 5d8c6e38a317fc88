"""One cell of the comparison."""

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from rasterbout import identity
from rasterbout.contract import Layout
from rasterbout.identity import Key
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

Cache = Literal["warm", "cold"]
CACHES: tuple[str, ...] = get_args(Cache)


@dataclass(frozen=True, kw_only=True)
class Case:
    """An operation on a dataset, by a backend, within resources, written in a layout.

    Attributes
    ----------
    dataset, size
        Name of the dataset, and its nominal width in pixels.
    cache
        State of the page cache of the inputs before each repeat.
    """

    operation: Operation
    backend: str
    dataset: str
    size: int
    resources: Resources
    layout: Layout = field(default_factory=Layout)
    cache: Cache = "warm"

    @property
    def chunk(self) -> int | str:
        """Edge of a chunk in pixels, or ``auto``."""
        return self.resources.chunk or "auto"

    @property
    def fields(self) -> dict[str, Any]:
        """The record fields that the case determines."""
        parameters = self.operation.parameters
        first = self.operation.inputs[0]
        grids = [self.operation.grid, *(raster.grid for raster in self.operation.inputs)]
        return {
            "operation": self.operation.name,
            "inputs": [str(raster.path) for raster in self.operation.inputs],
            "input_blocks": list(first.block_shape),
            "input_dtype": first.dtype,
            "input_compression": first.compression,
            "pixels": max(grid.width * grid.height for grid in grids),
            "parameters": parameters,
            "factor": parameters.get("factor"),
            "resampling": parameters.get("resampling"),
            "backend": self.backend,
            "dataset": self.dataset,
            "size": self.size,
            "layout": self.layout.blocks,
            "compress": self.layout.compression,
            "chunk": self.chunk,
            "workers": self.resources.workers,
            "threads": self.resources.threads_per_worker,
            "cache_asked": self.cache,
            "scheduler": self.resources.scheduler,
        }

    @property
    def key(self) -> Key:
        """Key of this case, the same in every run."""
        return identity.key(self.fields)
