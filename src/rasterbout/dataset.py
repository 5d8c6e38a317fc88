"""The contract of datasets: something with a name, or a reader of products, that gives named inputs.

A dataset is a subclass of `Dataset`, a reader of products one of `Product`, in a public module of
`rasterbout.datasets`, or in a module that another distribution announces in the entry-point group
``rasterbout.datasets``.
"""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from rasterbout.contract import Layout
from rasterbout.scene import Scene


class Dataset(ABC):
    """Rasters to work on, known by a name."""

    name: ClassVar[str]

    summary: ClassVar[str]
    """What it is, in one line."""

    of_any_size: ClassVar[bool] = False
    """Whether its edge in pixels can be chosen."""

    @abstractmethod
    def load(self, *, size: int | None, layout: Layout) -> Scene:
        """Return its inputs; files are made if they are missing.

        Parameters
        ----------
        size
            Edge in pixels, None for the usual one; always None unless ``of_any_size``.
        layout
            How its files store their pixels.

        Raises
        ------
        BadInput
            It cannot be had, or not in this size.
        """


class Product(ABC):
    """A reader of products that the user has: folders or files, used as they are."""

    summary: ClassVar[str]
    """What it reads, in one line."""

    @abstractmethod
    def recognises(self, path: Path) -> bool:
        """Return whether ``path``, which exists, looks like one of its products."""

    @abstractmethod
    def load(self, path: Path) -> Scene:
        """Return the inputs of the product at ``path``.

        Raises
        ------
        BadInput
            It is incomplete, or cannot be read.
        """
