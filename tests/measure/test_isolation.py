"""Cores, limits and endings: what a case may do, and that nothing of it is left."""

import os
import time

import psutil
import pytest

pytestmark = pytest.mark.slow

MB = 1_000_000
STAYS = "subprocess.Popen(python('time.sleep(600)') + ['{mark}'], start_new_session={detached})"


def left(mark):
    """Return the processes that carry ``mark`` in their command line."""
    return [process.pid for process in psutil.process_iter(["cmdline"]) if str(mark) in (process.info["cmdline"] or [])]


def test_all_processes_keep_to_the_cores_of_the_case(measure, tmp_path):
    report = tmp_path / "cores"
    measure(f'subprocess.run(python(\'open("{report}", "w").write(str(os.sched_getaffinity(0)))\'))', workers=1)
    assert len(report.read_text().split(",")) == 1


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core only")
def test_a_process_that_leaves_its_cores_voids_the_case(measure):
    facts = measure("os.sched_setaffinity(0, range(os.cpu_count()))", workers=1)
    assert facts["status"] == "crashed"
    assert "left the cores" in facts["reason"]


def test_libraries_are_held_to_one_thread(measure, tmp_path):
    report = tmp_path / "threads"
    measure(f"open('{report}', 'w').write(os.environ['OMP_NUM_THREADS'] + os.environ['GDAL_NUM_THREADS'])")
    assert report.read_text() == "11"


@pytest.mark.parametrize("detached", [False, True], ids=["same group", "own session"])
@pytest.mark.parametrize(
    ("ending", "status", "reason"),
    [
        ("time.sleep(600)", "timeout", "not done after 2 s"),
        ("os._exit(3)", "crashed", "exit status 3"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed", "SIGSEGV"),
        ("raise ValueError('no such luck')", "crashed", "no such luck"),
        ("held = b'x' * 400_000_000; time.sleep(600)", "memory", "it held"),
        ("pass", "crashed", "it left no file"),
    ],
)
def test_however_it_ends_nothing_is_left(measure, tmp_path, ending, status, reason, detached):
    mark = tmp_path / "mark"
    started_s = time.monotonic()
    facts = measure(
        f"print('before the end'); sys.stdout.flush(); {STAYS.format(mark=mark, detached=detached)}; {ending}",
        timeout_s=2,
        limit=300 * MB,
    )
    assert time.monotonic() - started_s < 2 + 5
    assert (facts["status"], reason in facts["reason"]) == (status, True), facts["reason"]
    assert "before the end" in facts["printed"]
    assert left(mark) == []
    assert not (tmp_path / "scratch").exists()


def test_a_backend_that_prints_a_lot_is_not_held_up(measure):
    facts = measure("print('x' * 50_000_000)", timeout_s=30)
    assert facts["reason"].startswith("no usable output")
    assert len(facts["printed"]) <= 2000


def test_a_backend_that_writes_into_the_answers_does_no_harm(measure):
    facts = measure('os.write(1, b\'{"status": "ok"}\\n\')')
    assert facts["status"] == "crashed"
