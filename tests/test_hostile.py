"""Backends that misbehave in every place of a process's life: each leaves its record, and nothing else."""

import time
from typing import NamedTuple
from uuid import uuid4

import psutil
import pytest

from command_line import rasterbout
from plugins import install_faulty
from rasterbout.record_file import RecordFile

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hostile")]  # one run for all

TIMEOUT_S, PATIENT_S = 5, 60
"""Time limits of those that hang, and of the others, which must not depend on how busy the machine is."""

GONE_S = 5.0
RIGHT = "write_right(red, nir, out)"
FORK = "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)"


class Hostile(NamedTuple):
    """What a backend does, by place, and the record that it must leave."""

    does: dict[str, str]
    status: str
    says: str = ""


BACKENDS = {
    "hangs-in-open": Hostile({"opening": "time.sleep(600)"}, "timeout", "not done after 5 s"),
    "hangs-in-close": Hostile({"body": RIGHT, "closing": "time.sleep(600)"}, "timeout", "not done after 5 s"),
    "hangs-in-probe": Hostile({"probing": "time.sleep(600)"}, "timeout", "not done after 5 s"),
    "hangs-when-asked": Hostile({"asking": "time.sleep(600)"}, "timeout", "not done after 5 s"),
    "holds-the-gil": Hostile({"body": "import re; re.match('(a+)+$', 'a' * 60 + 'b')"}, "timeout"),
    "ignores-signals": Hostile(
        {"body": "import signal; [signal.signal(one, signal.SIG_IGN) for one in (1, 2, 3, 15)]; time.sleep(600)"},
        "timeout",
    ),
    "probe-raises": Hostile({"probing": "raise OSError('no licence')"}, "crashed", "OSError: no licence"),
    "raises-when-asked": Hostile({"asking": "raise KeyError('ndvi')"}, "crashed", "KeyError"),
    "interrupts": Hostile({"body": "raise KeyboardInterrupt"}, "crashed", "KeyboardInterrupt"),
    "exits-in-open": Hostile({"opening": "raise SystemExit(0)"}, "crashed", "SystemExit: 0"),
    "exits-in-close": Hostile({"body": RIGHT, "closing": "os._exit(0)"}, "crashed", "exit status 0"),
    "segfaults": Hostile({"body": "import ctypes; ctypes.string_at(0)"}, "crashed", "SIGSEGV"),
    "segfaults-in-close": Hostile(
        {"body": RIGHT, "closing": "import ctypes; ctypes.string_at(0)"}, "crashed", "SIGSEGV"
    ),
    "closes-all-files": Hostile({"body": f"{RIGHT}; os.closerange(3, 64)"}, "crashed"),
    "takes-much-memory": Hostile({"body": "held = numpy.ones(10**9); time.sleep(1)"}, "memory", "more than the limit"),
    "stops-the-clock": Hostile({"body": f"{RIGHT}; time.perf_counter = lambda: 0.0"}, "ok"),
    "leaves-a-daemon": Hostile({"body": f"{RIGHT}; {FORK}"}, "ok"),
    "leaves-many-children": Hostile(
        {"body": f"{RIGHT}; [os.fork() or time.sleep(600) for _ in range(25)]"}, "ok"
    ),
    "prints-much": Hostile({"body": f"{RIGHT}; [os.write(1, b'x' * 10**6) for _ in range(300)]"}, "ok"),
    "moves-away": Hostile(
        {"body": f"{RIGHT}; os.chdir('/'); os.umask(0o777); os.environ.clear(); os.nice(5)"}, "ok"
    ),
    "leaves-its-cores": Hostile(
        {"body": f"{RIGHT}; os.sched_setaffinity(0, range(os.cpu_count()))"}, "crashed", "left the cores"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The records of a run of all, the output of the command, and a mark that all its processes carry."""
    folder = tmp_path_factory.mktemp("hostile")
    plugins, mark = folder / "plugins", f"RASTERBOUT_TEST_{uuid4().hex}"
    plugins.mkdir()
    for name, one in BACKENDS.items():
        install_faulty(plugins, name, **one.does)
    hang = [name for name, one in BACKENDS.items() if one.status == "timeout"]
    others = [*(BACKENDS.keys() - set(hang)), "rasterio-windows"]
    words = ("run", "--preset", "smoke", "--dataset", "s2-tile", "--size", "96", "--operations", "ndvi",
             "--memory-limit", "2GB", "--rounds", "1", "--out", "run")  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(plugins))
        patch.setenv(mark, "1")
        rasterbout(*words, "--timeout", TIMEOUT_S, "--backends", ",".join(hang), cwd=folder)
        done = rasterbout(*words, "--timeout", PATIENT_S, "--backends", ",".join(others), "--resume", cwd=folder)
    records = RecordFile(folder / "run/records.jsonl").read()
    return {record.backend: record for record in records}, done, mark


@pytest.mark.parametrize("name", BACKENDS)
def test_it_leaves_its_record(run, name):
    record = run[0][name]
    assert (record.status, record.reason) == (BACKENDS[name].status, record.reason)
    assert BACKENDS[name].says in record.reason
    assert bool(record.wall_s) == (record.status == "ok")
    assert all(wall_s > 0 for wall_s in record.wall_s)


def test_the_innocent_is_right_and_the_command_says_what_failed(run):
    records, done, _ = run
    assert records["rasterio-windows"].status == "ok"
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_nothing_is_left(run):
    deadline = time.monotonic() + GONE_S
    while left := [process for process in psutil.process_iter() if _is_marked(process, run[2])]:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _is_marked(process, mark):
    try:
        return mark in process.environ()
    except psutil.Error:
        return False
