"""What a backend may use, the same for all, and how every library is told."""

from dataclasses import dataclass

from rasterbout.errors import BadInput

GDAL_CACHE_MB = 256
OTB_RAM_MB = 256
MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What a backend may use.

    Attributes
    ----------
    workers
        How many pieces are worked on at once: processes, threads or ITK threads.
    threads_per_worker
        Threads inside each worker, where a backend has both.
    chunk
        Edge of a square piece, in pixels; None lets the pieces follow the file's blocks.
    memory_limit
        Bytes for the whole backend; None for no limit.
    """

    workers: int = 1
    threads_per_worker: int = 1
    chunk: int | None = None
    memory_limit: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("workers", self.workers), ("threads", self.threads_per_worker), ("chunk", self.chunk)):
            if value is not None and value < 1:
                raise BadInput(f"{name} {value} is impossible; choose 1 or more")

    @property
    def threads(self) -> int:
        """How many pieces are in work at once, over all workers."""
        return self.workers * self.threads_per_worker

    def environment(self) -> dict[str, str]:
        """Return the environment variables that hold every library to these resources."""
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
