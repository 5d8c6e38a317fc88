"""Resource limits, the same for all backends, and the environment variables that set them."""

from dataclasses import dataclass

from rasterbout.errors import BadInput

GDAL_CACHE_MB = 256
OTB_RAM_MB = 256
MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Resource limits of a backend.

    Attributes
    ----------
    workers
        Number of pieces processed at once: processes, threads or ITK threads.
    threads_per_worker
        Threads in each worker, for backends that have both.
    chunk
        Edge of a square piece in pixels; None to align the pieces with the file's blocks.
    memory_limit
        Bytes for the whole backend; None for no limit.
    scheduler
        Address of the dask scheduler whose workers do the work; empty for processes on this machine.
    """

    workers: int = 1
    threads_per_worker: int = 1
    chunk: int | None = None
    memory_limit: int | None = None
    scheduler: str = ""

    def __post_init__(self) -> None:
        for name, value in (("workers", self.workers), ("threads", self.threads_per_worker), ("chunk", self.chunk)):
            if value is not None and value < 1:
                raise BadInput(f"{name} {value} is impossible; choose 1 or more")

    @property
    def threads(self) -> int:
        """Number of pieces processed at once, over all workers."""
        return self.workers * self.threads_per_worker

    def environment(self) -> dict[str, str]:
        """Return the environment variables that limit every library to these resources."""
        return {
            "GDAL_CACHEMAX": str(GDAL_CACHE_MB),
            "GDAL_NUM_THREADS": "1",
            "OTB_MAX_RAM_HINT": str(OTB_RAM_MB),
            "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": str(self.threads),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "NUMEXPR_NUM_THREADS": "1",
        }
