"""Arrays that are reused.

The system provides the memory of a new array page by page, which takes longer than filling it.
"""

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Scratch:
    """Reusable arrays, separate for each thread."""

    def __init__(self) -> None:
        self._mine = threading.local()

    def array(self, role: str, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        """Return this thread's array for ``role``; its values are those of its last use.

        Parameters
        ----------
        role
            Name of the purpose; arrays of different roles never share memory.
        """
        arrays: dict[Any, NDArray[Any]] = self._mine.__dict__
        key, size = (role, dtype), math.prod(shape)
        if key not in arrays or arrays[key].size < size:
            arrays[key] = np.empty(size, dtype)
        return arrays[key][:size].reshape(shape)
