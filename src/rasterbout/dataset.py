"""The contract of datasets: named datasets and readers of products, both of which provide named inputs.

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
    """A named set of input rasters."""

    name: ClassVar[str]

    summary: ClassVar[str]
    """One-line description."""

    of_any_size: ClassVar[bool] = False
    """Whether the user can choose the edge in pixels."""

    @abstractmethod
    def load(self, *, size: int | None, layout: Layout) -> Scene:
        """Return the inputs; create missing files.

        Parameters
        ----------
        size
            Edge in pixels, None for the default; always None unless ``of_any_size``.
        layout
            Layout of the files.

        Raises
        ------
        BadInput
            The dataset is not available, or not in this size.
        """


class Product(ABC):
    """A reader of the user's products: folders or files, used unmodified."""

    summary: ClassVar[str]
    """One-line description of the products."""

    @abstractmethod
    def recognises(self, path: Path) -> bool:
        """Return whether ``path``, an existing file or folder, looks like such a product."""

    @abstractmethod
    def load(self, path: Path) -> Scene:
        """Return the inputs of the product at ``path``.

        Raises
        ------
        BadInput
            The product is incomplete or unreadable.
        """
