"""Clusters of dask by name, and by dask-jobqueue's configuration."""

import pytest

from command_line import rasterbout, refusal
from rasterbout.cluster.dask_cluster import described, named
from rasterbout.errors import BadInput
from rasterbout.record_file import RecordFile

RUN = ("run", "--preset", "smoke", "--dataset", "s2-tile", "--size", "64", "--operations", "ndvi")


def test_a_class_by_its_import_name():
    assert named("distributed.LocalCluster").name == "LocalCluster"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_such_package.Cluster", "No module named 'no_such_package'; install its package"),
        ("distributed.LocalClutser", "there is no such class"),
        ("LocalCluster", "there is no such class"),
        ("pathlib.Path", "is not a class of dask's clusters"),
        ("distributed.get_client", "is not a class of dask's clusters"),
    ],
)
def test_a_name_of_no_cluster(name, said):
    with pytest.raises(BadInput, match=said):
        named(name)


def test_a_file_of_dask_jobqueue(tmp_path):
    file = tmp_path / "site.yaml"
    file.write_text("jobqueue:\n  slurm:\n    cores: 4\n    memory: 8GB\ndistributed:\n  version: 2\n")
    found = described(file)
    assert found.name == "SLURMCluster"
    assert found.config["jobqueue"]["slurm"] == {"cores": 4, "memory": "8GB"}
    assert found.config["distributed"] == {"version": 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no such file"),
        ("", "nothing in it"),
        ("jobqueue: [", "site.yaml"),
        ("a: 1", "write a section jobqueue with one system"),
        ("jobqueue: {slurm: {cores: 1}, pbs: {cores: 1}}", "with one system"),
        ("jobqueue: {slurm: 4}", "with one system"),
        ("jobqueue: {slrum: {cores: 1}}", "slrum: no such system; choose .*pbs.* slurm"),
    ],
)
def test_a_file_that_describes_no_cluster(text, said, tmp_path):
    file = tmp_path / "site.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadInput, match=said) as refused:
        described(file)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cluster", "distributed.LocalCluster", "--scheduler", "tcp://a:1"), "two schedulers; choose one"),
        (("--cluster", "distributed.LocalCluster", "--on", "slurm"), "leave --on and --flames out"),
        (("--cluster", "distributed.LocalCluster", "--backends", "rasterio-windows"), "those of dask do"),
        (("--cluster", "distributed.LocalClutser"), "there is no such class"),
        (("--cluster", "nowhere.yaml"), "there is no such file"),
    ],
)
def test_what_does_not_fit_together(words, said, tmp_path):
    assert said in refusal(rasterbout(*RUN, *words, cwd=tmp_path))


@pytest.mark.slow
def test_a_run_on_a_cluster_of_its_own(tmp_path):
    words = ("--backends", "dask-map-blocks", "--workers", "1,2", "--rounds", "1", "--out", "run")
    done = rasterbout(*RUN, "--cluster", "distributed.LocalCluster", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "its dashboard: http://127.0.0.1:" in done.stdout  # not for others on the network
    records = RecordFile(tmp_path / "run/records.jsonl").read()
    assert [(one.status, len(one.hosts)) for one in records] == [("ok", 1), ("ok", 1)]
    assert {one.workers for one in records} == {1, 2}
    assert len({one.scheduler for one in records} - {""}) == 1
