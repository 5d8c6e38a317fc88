"""What the run understands of the messages of a supervisor, also of one of an older version."""

import io
import json
import subprocess
import sys

import pytest

from rasterbout.measure.case_process import CaseProcess
from rasterbout.measure.messages import Close, Do

REPEAT = {"wall_s": 1.0, "cpu_s": 1.0, "peak_bytes": 1, "read_bytes": 0, "written_bytes": 0, "energy_j": None,
          "cache": "warm", "timeline": []}  # fmt: skip
RIGHT = {"reason": "", "pixels_compared": 4, "pixels_left_out": 0, "pixels_wrong": 0, "max_error": 0.0,
         "tolerance": 1e-6, "verify_s": 0.1}  # fmt: skip
OLDER = [
    {"warmed_s": 0.5}, {"warmed_s": 0.6},
    {"repeat": REPEAT | {"wall_s": 2.0}}, {"repeat": REPEAT | {"wall_s": 1.0}}, {"repeat": REPEAT | {"wall_s": 2.5}},
    {"operation": "superimpose", "status": "ok"} | RIGHT,
    {"operation": "superimpose", "status": "wrong"} | RIGHT | {"pixels_wrong": 3},
    {"printed": ""},
]  # fmt: skip
"""What an older version sends: no number of the operation, no digest."""


@pytest.fixture
def older():
    """The process of two operations of the same name, by a supervisor of an older version."""
    script = f"import sys; print({chr(10).join(map(json.dumps, OLDER))!r}, flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        found = CaseProcess(process, io.StringIO(), {})
        for index, timed in ((1, False), (0, False), (1, True), (0, True), (1, True)):
            found.send(Do(do=index, timed=timed))
        found.send(Close())
        found.close()
        yield found


def test_messages_without_a_number_belong_to_the_operation_that_was_asked_for(older):
    older.until_it_ends()
    first, second = older.outcome(0), older.outcome(1)
    assert (first["status"], first["wall_s"], first["warmup_s"]) == ("ok", [1.0], 0.6)
    assert (second["status"], second["warmup_s"], second["pixels_wrong"]) == ("wrong", 0.5, 3)
