"""The process that measures the floor of an operation: in the place of a backend, with what the backend has."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from rasterbout.contract import Hosts
from rasterbout.measure import free_pages
from rasterbout.measure.channel import Channel, reaped_cpu_s
from rasterbout.measure.elsewhere import Elsewhere
from rasterbout.measure.messages import Begin, Do, End, Ended, HostFloors, Ready, Start, Work
from rasterbout.measure.shares import bring_inputs, copy_shares
from rasterbout.operations.operation import Operation
from rasterbout.registry import load_backend


def measure_floor(operation: Operation, start: Start, channel: Channel) -> None:
    """Copy the bytes of ``operation`` once for each command, and report the time of each.

    The hosts of the backend's session, if it has some, copy their shares at the same time: the slowest counts.
    """
    work, scratch = start.start, Path(start.scratch)
    shares_s: list[dict[str, float]] = []
    with _hosts_of(work) as hosts, closing(Elsewhere(hosts)) as elsewhere:
        while isinstance(channel.ask(Ready()), Do):
            reached = bring_inputs(operation, work.cache, hosts)
            free_pages.provide(operation.output_bytes, scratch)
            elsewhere.begin()
            channel.ask(Begin(begin=0, reaped_cpu_s=reaped_cpu_s()))
            shares_s.append(copy_shares(operation, scratch, work.resources, hosts))
            others = elsewhere.end()
            wall_s = max(shares_s[-1].values())
            channel.ask(End(end=0, reaped_cpu_s=reaped_cpu_s(), wall_s=wall_s, cache=reached, elsewhere=others))
        if hosts is not None and shares_s:
            names = shares_s[0]
            channel.answer(HostFloors(host_floors_s={name: median(one[name] for one in shares_s) for name in names}))
    channel.answer(Ended(status="ok"))


@contextmanager
def _hosts_of(work: Work) -> Iterator[Hosts | None]:
    """Yield the hosts of a session of the backend; None without one."""
    if work.backend is None:
        yield None
        return
    with load_backend(work.backend).open(work.resources) as session:
        yield session.hosts()
