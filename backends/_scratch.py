"""Arrays that are used again: a fresh one is fetched from the system page by page, slower than it is filled."""

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Scratch:
    """Arrays for the same use again and again, each thread's its own."""

    def __init__(self) -> None:
        self._mine = threading.local()

    def array(self, role: str, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        """Return this thread's array for ``role``, with what was left in it."""
        arrays: dict[Any, NDArray[Any]] = self._mine.__dict__
        key, size = (role, dtype), math.prod(shape)
        if key not in arrays or arrays[key].size < size:
            arrays[key] = np.empty(size, dtype)
        return arrays[key][:size].reshape(shape)
