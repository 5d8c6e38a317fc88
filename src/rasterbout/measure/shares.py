"""What every host of a session does for the harness: prepare its page cache, and copy its share of the floor."""

import platform
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from rasterbout.contract import Hosts
from rasterbout.measure import cache_state
from rasterbout.measure.cache_state import State
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources


def bring_inputs(operation: Operation, asked: State, hosts: Hosts | None) -> State:
    """Bring the files that ``operation`` reads into the state ``asked`` of the page cache, and return that reached.

    On the hosts that read them: all ``hosts``, or this machine without any.
    """
    if hosts is None:
        return cache_state.bring_inputs(operation, asked)
    reached = hosts.call(_bring_inputs, operation, asked)
    return asked if set(reached.values()) == {asked} else "unknown"


def copy_shares(operation: Operation, folder: Path, resources: Resources, hosts: Hosts | None) -> dict[str, float]:
    """Copy the bytes of ``operation``, and return the time of each host's share in seconds.

    A share is that of the host's threads among all; this machine copies all of it without ``hosts``.
    """
    if hosts is None:
        return {platform.node(): _copy(operation, folder, resources.threads, range(resources.threads))}
    workers = hosts.call(_number_of_workers)
    last = list(accumulate(workers.values()))
    threads = resources.threads_per_worker
    mine = {
        host: range((end - number) * threads, end * threads)
        for (host, number), end in zip(workers.items(), last, strict=True)
    }
    return hosts.call(_copy_share, operation, folder, last[-1] * threads, mine)


def _bring_inputs(_pids: Sequence[int], operation: Operation, asked: State) -> State:
    return cache_state.bring_inputs(operation, asked)


def _number_of_workers(pids: Sequence[int]) -> int:
    return len(pids)


def _copy_share(
    _pids: Sequence[int], operation: Operation, folder: Path, parts: int, mine: Mapping[str, range]
) -> float:
    return _copy(operation, folder, parts, mine[platform.node()])


def _copy(operation: Operation, folder: Path, parts: int, mine: range) -> float:
    from rasterbout.measure.floor import copy_parts  # noqa: PLC0415  not needed in a backend's process

    return copy_parts(operation, folder / f"floor-{platform.node()}.bin", parts, mine)
