"""Connect to the scheduler of a dask cluster."""

from typing import Any

from rasterbout.errors import BackendUnavailable

ANSWER_S = 10.0
"""How long to wait for the scheduler's answer, in seconds."""


def connect(address: str) -> Any:
    """Return a `distributed.Client` of the scheduler at ``address``, a context that disconnects.

    Raises
    ------
    BackendUnavailable
        It does not answer.
    """
    import distributed  # noqa: PLC0415  takes half a second to import

    try:
        return distributed.Client(address, timeout=ANSWER_S, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:  # of TLS without certificates, the second
        raise BackendUnavailable(f"{address}: no dask scheduler answers there ({_one_line(error)})") from error


def threads_at(address: str) -> int:
    """Return the number of threads that most workers of a scheduler have, 1 without workers.

    Raises
    ------
    BackendUnavailable
        The scheduler does not answer.
    """
    with connect(address) as client:
        threads = [one["nthreads"] for one in client.scheduler_info(n_workers=-1)["workers"].values()]
    return max(threads, key=threads.count, default=1)


def _one_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
