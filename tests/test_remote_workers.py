"""Which workers of a scheduler are used, and which versions differ, from what the scheduler reports."""

import pytest

from command_line import rasterbout, refusal
from rasterbout.backends._dask import remote
from rasterbout.backends._dask.remote import differences
from rasterbout.cluster import dask_scheduler
from rasterbout.errors import BackendUnavailable
from rasterbout.resources import Resources


def versions(python="3.11.2.final.0", **packages):
    return {"host": {"python": python}, "packages": {"dask": "2026.8.0", "numpy": "2.1", "rasterio": "1.4"} | packages}


def test_no_difference():
    assert differences({"here": versions(), "scheduler": versions(), "tcp://a:1": versions()}) == ""


def test_differences_name_the_versions_and_where_they_are():
    workers = {f"tcp://{name}:1": versions(python="3.12.1.final.0", numpy="2.2") for name in "ab"}
    found = {"here": versions(), "scheduler": versions(), **workers}
    assert differences(found) == (
        "python is 3.11 (here and 1 more), 3.12 (tcp://a:1 and 1 more); "
        "numpy is 2.1 (here and 1 more), 2.2 (tcp://a:1 and 1 more)"
    )


def test_a_library_that_a_worker_lacks():
    found = {"here": versions(), "scheduler": versions(), "tcp://a:1": versions(rasterio=None)}
    assert differences(found) == "rasterio is 1.4 (here and 1 more), missing (tcp://a:1)"


class FakeClient:
    """A client of a scheduler with these workers: host and threads of each address."""

    def __init__(self, workers):
        self._workers = {
            address: {"host": host, "nthreads": threads, "last_seen": 60.0 * (host != "lost")}
            for address, (host, threads) in workers.items()
        }

    def wait_for_workers(self, number, timeout):
        if number > len(self._workers):
            raise TimeoutError

    def scheduler_info(self, n_workers):
        assert n_workers == -1  # by default only five are listed
        return {"workers": self._workers}


WORKERS = {
    "tcp://a:1": ("a", 1),
    "tcp://a:2": ("a", 1),
    "tcp://b:1": ("b", 1),
    "tcp://b:2": ("b", 4),
    "tcp://c:1": ("lost", 1),
}


@pytest.mark.parametrize(
    ("wanted", "addresses"),
    [(1, ["tcp://a:1"]), (2, ["tcp://a:1", "tcp://b:1"]), (3, ["tcp://a:1", "tcp://b:1", "tcp://a:2"])],
)
def test_workers_are_taken_from_each_host_in_turn(wanted, addresses):
    resources = Resources(workers=wanted, scheduler="tcp://s:8786")
    assert remote._workers(FakeClient(WORKERS), resources) == addresses


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        (Resources(workers=4, scheduler="tcp://s:8786"), "3 of its workers answer and have 1 thread, and 4 are needed"),
        (Resources(workers=6, scheduler="tcp://s:8786"), "it has 5 workers after 60 s, not 6"),
    ],
)
def test_too_few_workers(resources, reason):
    with pytest.raises(BackendUnavailable, match=reason):
        remote._workers(FakeClient(WORKERS), resources)


@pytest.mark.parametrize(
    ("address", "reason"),
    [("tls://127.0.0.1:1", "TLS"), ("nonsense://127.0.0.1:1", "nonsense"), ("tcp://127.0.0.1:1", "127.0.0.1:1")],
)
def test_an_address_without_a_scheduler(address, reason, monkeypatch):
    monkeypatch.setattr(dask_scheduler, "ANSWER_S", 1.0)
    with (
        pytest.raises(BackendUnavailable, match=rf"no dask scheduler answers there \(.*{reason}"),
        remote.remote_cluster(Resources(scheduler=address)),
    ):
        pass


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--backends", "rasterio-windows"), "none of the chosen backends works for a scheduler"),
        (("--backends", "dask-coarsen", "--on", "slurm"), "leave --on and --flames out"),
        (("--backends", "dask-coarsen", "--flames"), "leave --on and --flames out"),
    ],
)
def test_options_that_do_not_fit(words, why, tmp_path):
    run = ("run", "--preset", "smoke", "--dataset", "s2-tile", "--size", "64", "--scheduler", "tcp://127.0.0.1:1")
    assert why in refusal(rasterbout(*run, *words, cwd=tmp_path))
