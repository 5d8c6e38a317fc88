"""The workers of a dask scheduler that somebody else has started, on this machine or on others."""

import os
import platform
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import distributed
from distributed.versions import get_versions

from rasterbout.backends._dask.cluster import Cluster
from rasterbout.backends._dask.sent import send_code
from rasterbout.cluster.dask_scheduler import connect
from rasterbout.errors import BackendUnavailable
from rasterbout.resources import Resources

WAIT_S = 60.0
"""How long to wait for as many workers as are needed, in seconds."""

SILENT_S = 15.0
"""A worker is lost if the last sign of it is older than that of the others by this time in seconds.

Heartbeats of up to 2000 workers come at shorter intervals (`distributed.scheduler.heartbeat_interval`).
"""

SAME = ("python", "dask", "distributed", "cloudpickle", "msgpack", "numpy", "rasterio")
"""What must be of one version here, at the scheduler and at the workers."""


@contextmanager
def remote_cluster(resources: Resources) -> Iterator[Cluster]:
    """Connect to ``resources.scheduler``; leaving the context disconnects, and stops nothing.

    Raises
    ------
    BackendUnavailable
        The scheduler does not answer, too few workers are there, or versions differ.
    """
    with connect(resources.scheduler) as client:
        workers = _workers(client, resources)
        if differing := differences(_versions(client, workers)):
            raise BackendUnavailable(f"{resources.scheduler}: {differing}; install the same versions everywhere")
        send_code(client, workers)
        yield Cluster(client=client, workers=workers, hosts=DaskHosts(client, workers))


class DaskHosts:
    """The hosts of ``workers``; see `rasterbout.contract.Hosts`."""

    def __init__(self, client: distributed.Client, workers: list[str]) -> None:
        self._client = client
        self._pids: dict[str, list[int]] = defaultdict(list)
        self._first: dict[str, str] = {}
        for address, (host, pid) in client.run(_who, workers=workers).items():
            self._pids[host].append(pid)
            self._first.setdefault(host, address)
        self.names: Sequence[str] = list(self._first)
        self.dashboard: str = client.dashboard_link if client.scheduler_info()["services"].get("dashboard") else ""

    def call(self, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        """Call ``function(pids, *arguments)`` once on each host, at the same time, in one of its workers."""
        pids = {self._first[host]: of_host for host, of_host in self._pids.items()}
        found = self._client.run(_call, function, pids, arguments, workers=list(pids))
        return {host: found[address] for host, address in self._first.items()}


def _versions(client: distributed.Client, workers: list[str]) -> dict[str, Any]:
    """Return the versions of all libraries by place: here, the scheduler (it reads the tasks), each worker."""
    packages = {"packages": ["rasterio"]}
    of_workers: dict[str, Any] = client.run(get_versions, **packages, workers=workers)
    of_scheduler = client.run_on_scheduler(get_versions, **packages)
    return {"here": get_versions(**packages), "scheduler": of_scheduler} | of_workers


def differences(versions: Mapping[str, Any]) -> str:
    """Return which versions differ between places, on one line; empty if none.

    Parameters
    ----------
    versions
        By place, as from `distributed.versions.get_versions`.
    """
    lines = []
    for name in SAME:
        places: dict[str, list[str]] = defaultdict(list)
        for place, found in versions.items():
            places[_version(name, found)].append(place)
        if len(places) > 1:
            lines.append(f"{name} is " + ", ".join(f"{one} ({_some(where)})" for one, where in places.items()))
    return "; ".join(lines)


def _version(name: str, found: Mapping[str, Any]) -> str:
    if name == "python":
        return ".".join(str(found["host"][name]).split(".")[:2])
    return found["packages"].get(name) or "missing"


def _some(places: list[str]) -> str:
    return places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1} more"


def _workers(client: distributed.Client, resources: Resources) -> list[str]:
    """Return the addresses of as many workers as are needed, from each host in turn."""
    wanted, threads = resources.workers, resources.threads_per_worker
    try:
        client.wait_for_workers(wanted, timeout=WAIT_S)
    except TimeoutError:
        there = len(client.scheduler_info(n_workers=-1)["workers"])
        raise BackendUnavailable(
            f"{resources.scheduler}: it has {there} workers after {WAIT_S:g} s, not {wanted}; start more, or choose "
            "fewer by --workers"
        ) from None
    known = client.scheduler_info(n_workers=-1)["workers"]
    latest_s = max(facts["last_seen"] for facts in known.values())
    by_host: dict[str, list[str]] = defaultdict(list)
    for address, facts in sorted(known.items()):
        if facts["nthreads"] == threads and facts["last_seen"] > latest_s - SILENT_S:
            by_host[facts["host"]].append(address)
    in_turn = [one for several in zip_longest(*by_host.values()) for one in several if one is not None]
    if len(in_turn) < wanted:
        raise BackendUnavailable(
            f"{resources.scheduler}: {len(in_turn)} of its workers answer and have {threads} "
            f"thread{'' if threads == 1 else 's'}, and {wanted} are needed; start them with --nthreads {threads}"
        )
    return in_turn[:wanted]


def _who() -> tuple[str, int]:
    return platform.node(), os.getpid()


def _call(
    function: Callable[..., Any], pids: Mapping[str, list[int]], arguments: tuple[Any, ...],
    dask_worker: distributed.Worker,
) -> Any:  # fmt: skip
    return function(pids[dask_worker.address], *arguments)
