"""The truth that every backend is held against: float64, plain numpy, one window of the output at a time.

Nothing here is shared with a backend, so that no mistake can be shared either.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rasterbout.operation import Downscale, MeanNdvi, Ndvi, Operation
from rasterbout.oracle.expected import Expected, Oracle
from rasterbout.oracle.means import DownscaleOracle, MeanNdviOracle
from rasterbout.oracle.ndvi import NdviOracle
from rasterbout.oracle.pixels import Pixels
from rasterbout.oracle.superimpose import SuperimposeOracle

__all__ = ["Expected", "Oracle", "oracle_for"]


@contextmanager
def oracle_for(operation: Operation) -> Iterator[Oracle]:
    """Open the inputs of ``operation`` and yield its oracle."""
    with ExitStack() as files:
        pixels = {raster.path: files.enter_context(Pixels(raster)) for raster in operation.inputs}
        match operation:
            case Ndvi():
                yield NdviOracle(operation, pixels)
            case Downscale():
                yield DownscaleOracle(operation, pixels)
            case MeanNdvi():
                yield MeanNdviOracle(operation, pixels)
            case _:
                yield SuperimposeOracle(operation, pixels)
