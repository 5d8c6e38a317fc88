"""The job of SLURM, from its variables."""

import pytest

from rasterbout.measure import cores, measurer
from rasterbout.measure.job import Job, this_job

MIB = 1 << 20
VARIABLES = {"SLURM_JOB_ID": "12", "SLURMD_NODENAME": "n1", "SLURM_CPUS_ON_NODE": "4", "SLURM_RESTART_COUNT": "2"}
JOB = Job(id="12", node="n1", cores=4, memory_bytes=None, scratch=None, restarts=2)


def test_outside_a_job_there_is_none():
    assert this_job({"SLURM_CONF": "/etc/slurm/slurm.conf", "TMPDIR": "/tmp"}) is None


def test_a_job_and_its_share_of_the_node():
    assert this_job(VARIABLES) == JOB


def test_a_job_of_an_array_has_the_number_that_squeue_shows():
    job = this_job(VARIABLES | {"SLURM_ARRAY_JOB_ID": "9", "SLURM_ARRAY_TASK_ID": "3"})
    assert job is not None
    assert job.id == "9_3"


@pytest.mark.parametrize(
    ("variables", "memory_bytes"),
    [
        ({"SLURM_MEM_PER_NODE": "1500"}, 1500 * MIB),
        ({"SLURM_MEM_PER_CPU": "500"}, 2000 * MIB),
        ({"SLURM_MEM_PER_NODE": "0"}, None),  # all of the node
    ],
)
def test_memory_is_in_mib(variables, memory_bytes):
    job = this_job(VARIABLES | variables)
    assert job is not None
    assert job.memory_bytes == memory_bytes


def test_the_scratch_folder_of_slurm_is_taken_before_that_of_the_system(tmp_path):
    mine, gone = tmp_path / "job", tmp_path / "gone"
    mine.mkdir()
    for variables, folder in (
        ({"SLURM_TMPDIR": str(mine), "TMPDIR": str(tmp_path)}, mine),
        ({"SLURM_TMPDIR": str(gone), "TMPDIR": str(tmp_path)}, tmp_path),
    ):
        job = this_job(VARIABLES | variables)
        assert job is not None
        assert job.scratch == str(folder)


def test_outputs_are_in_the_scratch_folder_of_a_job_and_else_in_that_of_the_run(tmp_path, monkeypatch):
    assert measurer.scratch_in(tmp_path / "run").parent == tmp_path / "run"
    monkeypatch.setenv("SLURM_JOB_ID", "12")
    monkeypatch.setenv("SLURM_TMPDIR", str(tmp_path))
    assert measurer.scratch_in(tmp_path / "run").parent == tmp_path


def test_a_job_has_its_number_of_cores_even_where_nothing_enforces_it(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "12")
    monkeypatch.setenv("SLURM_CPUS_ON_NODE", "1")
    assert cores.available_cores() == 1
    assert len(cores.choose_cores(4)) == 1
