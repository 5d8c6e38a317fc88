"""Clusters of dask that a run starts and ends: dask-jobqueue's by its configuration, any other by its name."""

import importlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasterbout.errors import BadInput, RasterboutError

WAIT_S = 5.0
"""How often to look whether workers have come, in seconds."""

INSTALL = "install it with: pip install 'rasterbout[jobqueue]'"


@dataclass(frozen=True, kw_only=True)
class DaskCluster:
    """A class of dask's clusters, with the dask configuration (by sections) that it reads."""

    kind: type
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the class, e.g. SLURMCluster."""
        return self.kind.__name__


def named(name: str) -> DaskCluster:
    """Return the cluster whose class has this import name, such as ``dask_jobqueue.SLURMCluster``.

    Raises
    ------
    BadInput
        There is no such class, or it is not one of dask's clusters.
    """
    module, _, kind = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), kind)
    except ImportError as error:
        raise BadInput(f"{name}: {error}; install its package") from error
    except (AttributeError, ValueError) as error:
        raise BadInput(f"{name}: there is no such class; write its import name, as distributed.LocalCluster") from error
    if not isinstance(found, type) or not all(
        hasattr(found, member) for member in ("scale", "scheduler_address", "close")
    ):
        raise BadInput(f"{name} is not a class of dask's clusters; write its import name, as distributed.LocalCluster")
    return DaskCluster(kind=found)


def described(file: Path) -> DaskCluster:
    """Return the cluster of dask-jobqueue that a file of dask's configuration (YAML) describes.

    Its section ``jobqueue`` has one subsection, with the name of the queueing system: slurm, pbs, ...

    Raises
    ------
    BadInput
        The file cannot be read, does not describe one cluster, or dask-jobqueue is not installed.
    """
    import dask  # noqa: PLC0415  takes a tenth of a second to import

    try:
        config = next(iter(dask.config.collect_yaml([str(file)])), None)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadInput(f"{file}: {_one_line(error)}; write dask's configuration of a cluster") from error
    if config is None:
        raise BadInput(f"{file}: there is no such file, or nothing in it; write dask's configuration of a cluster")
    systems = config.get("jobqueue")
    if not isinstance(systems, dict) or len(systems) != 1 or not isinstance(next(iter(systems.values())), dict):
        raise BadInput(f"{file}: write a section jobqueue with one system, such as jobqueue: {{slurm: {{cores: 4}}}}")
    try:
        import dask_jobqueue  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  an extra
    except ImportError:
        raise BadInput(f"{file}: dask-jobqueue is not installed; {INSTALL}") from None
    kinds = {
        one.job_cls.config_name: one
        for one in vars(dask_jobqueue).values()
        if isinstance(getattr(one, "job_cls", None), type)
    }
    (system,) = systems
    if system not in kinds:
        raise BadInput(f"{file}: jobqueue: {system}: no such system; choose {', '.join(sorted(kinds))}")
    return DaskCluster(kind=kinds[system], config=config)


@contextmanager
def running(cluster: DaskCluster, workers: int, say: Callable[[str], object]) -> Iterator[str]:
    """Start ``cluster``, wait until ``workers`` are there, and yield the scheduler's address; end it on leaving.

    Parameters
    ----------
    say
        Called with a line about what is waited for.

    Raises
    ------
    RasterboutError
        The cluster does not start, or the system refuses the workers.
    """
    import dask  # noqa: PLC0415  takes half a second to import, as does distributed
    import distributed  # noqa: PLC0415

    with dask.config.set(dask.config.merge(dask.config.config, cluster.config)):
        is_local = issubclass(cluster.kind, distributed.LocalCluster)
        try:  # the dashboard of a local one would listen on all networks
            started = cluster.kind(**({"dashboard_address": "127.0.0.1:0"} if is_local else {}))
        except Exception as error:  # of a library that we do not know
            raise RasterboutError(f"{cluster.name}: it does not start: {_one_line(error)}") from error
        with started, distributed.Client(started, set_as_default=False) as client, _refusals() as refusals:
            started.scale(workers)
            there = -1
            while there < workers:
                with suppress(TimeoutError):
                    client.wait_for_workers(workers, timeout=WAIT_S)
                if refusals:
                    raise RasterboutError(f"{cluster.name}: no workers: {refusals[-1]}")
                before, there = there, len(client.scheduler_info(n_workers=-1)["workers"])
                if before < there < workers:
                    say(f"{cluster.name}: {there} of {workers} workers are there; waiting (Ctrl-C ends it)")
            yield started.scheduler_address


@contextmanager
def _refusals() -> Iterator[list[str]]:
    """Yield what goes wrong meanwhile when workers start, which dask does not raise but logs with a traceback."""
    found: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        """Keep the last line of an error, and let nothing be printed."""
        if record.exc_info and record.exc_info[1]:
            found.append((str(record.exc_info[1]).strip().splitlines() or [record.getMessage()])[-1])
        return False

    log = logging.getLogger("tornado.application")
    log.addFilter(keep)
    try:
        yield found
    finally:
        log.removeFilter(keep)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
