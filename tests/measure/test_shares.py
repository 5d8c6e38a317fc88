"""Which part of the floor each host copies, and whether the page caches of all are as asked."""

import platform

import pytest

from rasterbout.measure import cache_state, floor
from rasterbout.measure.shares import bring_inputs, copy_shares
from rasterbout.resources import Resources


class Hosts:
    """Hosts with these numbers of workers, all on this machine; what is called there sees the name of its host."""

    def __init__(self, monkeypatch, workers):
        self._workers, self._monkeypatch = workers, monkeypatch
        self.names, self.dashboard = list(workers), ""

    def call(self, function, *arguments):
        found = {}
        for host, number in self._workers.items():
            with self._monkeypatch.context() as patch:
                patch.setattr(platform, "node", lambda host=host: host)
                found[host] = function(list(range(number)), *arguments)
        return found


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("workers", [{"n1": 1}, {"n1": 2, "n2": 1}, {"n1": 1, "n2": 4, "n3": 2}])
def test_each_host_copies_a_share_in_proportion_to_its_threads_and_all_together_the_whole(
    monkeypatch, tmp_path, workers, threads
):
    shares = {}

    def copy(_operation, out, parts, mine):
        shares[out.name] = (parts, list(mine))
        return 0.5 * len(mine)

    monkeypatch.setattr(floor, "copy_parts", copy)
    resources = Resources(workers=sum(workers.values()), threads_per_worker=threads, scheduler="tcp://a:1")
    found_s = copy_shares(None, tmp_path, resources, Hosts(monkeypatch, workers))
    assert found_s == {host: 0.5 * number * threads for host, number in workers.items()}
    assert set(shares) == {f"floor-{host}.bin" for host in workers}  # no two hosts write one file
    assert {parts for parts, _ in shares.values()} == {resources.threads}
    assert sorted(part for _, mine in shares.values() for part in mine) == list(range(resources.threads))


@pytest.mark.parametrize(
    ("states", "reached"),
    [({"n1": "cold", "n2": "cold"}, "cold"), ({"n1": "cold", "n2": "unknown"}, "unknown"), ({"n1": "cold"}, "cold")],
)
def test_the_state_of_the_page_cache_is_that_of_all_hosts(monkeypatch, states, reached):
    monkeypatch.setattr(cache_state, "bring_inputs", lambda _operation, _asked: states[platform.node()])
    assert bring_inputs(None, "cold", Hosts(monkeypatch, dict.fromkeys(states, 1))) == reached
