"""A SLURM of the tests' own, which calls the function of a job as it is submitted."""

from types import SimpleNamespace

from rasterbout.cluster import jobs
from rasterbout.cluster.slurm import JobState


class FakeSlurm:
    """Calls ``work(job_id, *arguments)`` instead of each job; job ``7_<n>`` runs on node ``n<n>``.

    ``ends`` are the states in which the jobs end, in order; the others complete. ``said`` is what SLURM prints into
    the output of each. Afterwards ``numbers`` are those of the jobs (the last argument), ``avoided`` the nodes that
    each submission avoided, ``cancelled`` the jobs that were cancelled.
    """

    def __init__(self, monkeypatch, work):
        self.work, self.ends, self.said = work, [], ""
        self.numbers, self.avoided, self.cancelled = [], [], []
        monkeypatch.setattr(jobs, "submit", self._submit)
        monkeypatch.setattr(jobs, "state_of", self._state_of)
        monkeypatch.setattr(jobs, "POLL_S", 0.0)

    def _submit(self, function, arguments, folder, site, avoid):
        self.avoided.append(avoid)
        return [self._job(*one) for one in zip(*arguments, strict=True)]

    def _job(self, *arguments):
        job_id = f"7_{len(self.numbers)}"
        self.numbers.append(arguments[-1])
        self.work(job_id, *arguments)
        return SimpleNamespace(job_id=job_id, cancel=lambda: self.cancelled.append(job_id), stderr=lambda: self.said)

    def _state_of(self, job_id):
        index = int(job_id.partition("_")[2])
        return JobState(name=self.ends[index] if index < len(self.ends) else "COMPLETED", node=f"n{index}")
