"""What a job does on its node: measure one pair of every case into a file of its own, which the submitter reads."""

import json
import os
import random
import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from rasterbout.case import Case
from rasterbout.cluster.node import begin_job, limited
from rasterbout.gate.duel import Duel, Pythons
from rasterbout.gate.pairs import CasePairs
from rasterbout.measure.measurer import scratch_in
from rasterbout.measure.runner import Settings


def measure_pair(
    cases: Sequence[Case], pythons: Pythons, settings: Settings, folder: Path, number: int
) -> None:  # fmt: skip
    """Measure pair ``number`` of ``cases``, and write a line for each to ``pairs.job-<id>-<restarts>.jsonl``.

    The lines of a session are on disk once it is closed, so that a job that dies has lost only the one it was in.
    Without a memory limit in ``settings``, that of this node is used. The order is another for each number.
    """
    part = begin_job(folder)
    of_pair = random.Random(f"{settings.seed}/{number}").getrandbits(32)  # noqa: S311  reproducible, not a secret
    here = replace(settings, effort=limited(settings.effort), seed=of_pair)
    duel = Duel(cases, pythons, here, scratch_in(folder).parent)
    where = {"pair": number, "host": socket.gethostname()}
    for measured in duel.pair():
        with (folder / f"pairs.{part}.jsonl").open("a", encoding="utf-8") as file:
            for case in measured:
                file.write(json.dumps(where | asdict(duel.cases[case.key])) + "\n")
            file.flush()
            os.fsync(file.fileno())


def pairs_of_job(folder: Path, job_id: str) -> Iterator[CasePairs]:
    """Yield what a job has measured, in order, ignoring a last line that was cut off."""
    for path in sorted(folder.glob(f"pairs.job-{job_id}-*.jsonl")):
        whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
        for line in whole.splitlines():
            fields = json.loads(line)
            del fields["pair"], fields["host"]
            yield CasePairs(**(fields | {"key": tuple(fields["key"])}))
