"""The oracle that every backend is compared with: float64, plain numpy, one window of the output at a time.

It shares no code with the backends, and so no mistakes.
"""

import pkgutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rasterbout.errors import RasterboutError
from rasterbout.operations.operation import Operation
from rasterbout.oracle.expected import Expected, Oracle
from rasterbout.oracle.pixels import Pixels

__all__ = ["Expected", "Oracle", "Pixels", "oracle_for"]


@contextmanager
def oracle_for(operation: Operation) -> Iterator[Oracle]:
    """Open the inputs of ``operation`` and yield its oracle.

    Raises
    ------
    RasterboutError
        The oracle that the operation names cannot be imported.
    """
    try:
        kind = pkgutil.resolve_name(operation.oracle)
    except (ImportError, AttributeError, ValueError) as error:
        raise RasterboutError(
            f"the oracle of {operation.name}, {operation.oracle}, cannot be imported: {error}"
        ) from error
    with ExitStack() as files:
        oracle: Oracle = kind(
            operation, {raster.path: files.enter_context(Pixels(raster)) for raster in operation.inputs}
        )
        yield oracle
