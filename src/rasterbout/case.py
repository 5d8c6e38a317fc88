"""One cell of the comparison."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from rasterbout.contract import Layout
from rasterbout.operation import Operation
from rasterbout.resources import Resources

Cache = Literal["warm", "cold"]
CACHES: tuple[str, ...] = get_args(Cache)


@dataclass(frozen=True, kw_only=True)
class Case:
    """An operation on a dataset, by a backend, within resources, written in a layout.

    Attributes
    ----------
    dataset, size
        The dataset's name, and the width of its first raster in pixels.
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
        """The edge of a piece in pixels, or ``auto``."""
        return self.resources.chunk or "auto"

    @property
    def key(self) -> str:
        """A name that is the same in every run, and of this case alone."""
        parts = (
            self.operation.name,
            self.backend,
            self.dataset,
            self.size,
            self.layout.blocks,
            self.layout.compression,
            f"chunk={self.chunk}",
            f"workers={self.resources.workers}x{self.resources.threads_per_worker}",
            self.cache,
        )
        return "/".join(str(part) for part in parts)
