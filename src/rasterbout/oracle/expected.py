"""The right pixels of one window of an output, and the protocol of the oracles that compute them."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rasterbout.window import Window

Float64 = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The right pixels of a window, shape (bands, rows, columns) each.

    Attributes
    ----------
    values
        float64, NaN where the output must be NaN.
    scale
        float64, the value that errors are relative to; at least the smallest positive normal float32.
    defined
        bool, False where tools differ by design and nothing is compared.
    """

    values: Float64
    scale: Float64
    defined: NDArray[np.bool_]


class Oracle(Protocol):
    """The oracle of one operation.

    It is constructed from the operation and its open inputs: ``kind(operation, {path: Pixels, ...})``.
    """

    tolerance: float
    """Largest error, relative to the scale, that counts as right."""

    piece: tuple[int, int]
    """Rows and columns of the output to compute at once, so that memory stays bounded."""

    def expected(self, window: Window) -> Expected:
        """Return the right pixels of a window of the output."""
        ...
