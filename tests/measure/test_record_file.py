"""Records that last: several writers, writers that are killed, lines that are cut off, lines that are no records."""

import json
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace

import pytest

from rasterbout.errors import BadInput
from rasterbout.record_file import RecordFile
from test_records import RECORD

LONG = replace(RECORD, printed="ä\n\u2028" * 600, timeline=[{"t_s": t / 7, "memory_bytes": t / 3} for t in range(200)])
LINE = json.dumps(asdict(RECORD)).encode() + b"\n"
CUTS = sorted({1, 2, len(LINE) // 2, len(LINE) - 3, len(LINE) - 2, len(LINE) - 1, *range(5, len(LINE), 61)})

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from rasterbout.record import Record
from rasterbout.record_file import RecordFile
path, backend, first, last = sys.argv[1:]
record = Record(
    operation="ndvi", backend=backend, dataset="s2-tile", size=1, layout="tiled", compress="none", chunk=1,
    workers=1, threads=1, cache_asked="warm", round=1, status="ok", printed="x" * 2000,
    timeline=[{"t_s": t / 7, "memory_bytes": t / 3} for t in range(200)],
)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(first), int(last)):
    RecordFile(Path(path)).append(replace(record, round=number))
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "records.jsonl"


def writer(path, backend, first, last):
    """Return a process that stands ready to append records of the rounds from ``first`` until before ``last``."""
    command = [sys.executable, "-c", WRITER, str(path), backend, str(first), str(last)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


def test_what_is_appended_is_added_to_what_is_there(path):
    records = [RECORD, LONG, replace(RECORD, round=2, chunk=512, inputs=["/a b/c.tif"], factor=3, max_error=0.1)]
    for count, record in enumerate(records, start=1):
        before = path.read_bytes() if path.exists() else b""
        RecordFile(path).append(record)
        assert path.read_bytes().startswith(before)
        assert RecordFile(path).read() == records[:count]
    assert path.read_bytes().count(b"\n") == 3


def test_of_no_file_nothing_is_read_nor_mended(path):
    assert RecordFile(path).read() == []
    assert RecordFile(path).mend() is None
    assert not path.exists()


def test_two_processes_append_at_the_same_time(path):
    writers = [writer(path, backend, 1, 101) for backend in ("one", "other")]
    for process in writers:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in writers:
        process.communicate()
        assert process.returncode == 0
    records = RecordFile(path).read()
    assert path.read_bytes().count(b"\n") == len(records) == 200
    for backend in ("one", "other"):
        assert [record.round for record in records if record.backend == backend] == list(range(1, 101))


def test_whoever_reads_while_others_append_sees_whole_records(path):
    process = writer(path, "one", 1, 101)
    process.stdin.write(b"go\n")
    process.stdin.flush()
    while process.poll() is None:
        rounds = [record.round for record in RecordFile(path).read()]
        assert rounds == list(range(1, len(rounds) + 1))
    process.communicate()


@pytest.mark.parametrize("good", [0, 2])
@pytest.mark.parametrize("cut", CUTS)
def test_a_line_that_was_cut_off_is_set_aside(path, cut, good):
    path.write_bytes(good * LINE + LINE[:cut])
    assert RecordFile(path).read() == good * [RECORD]
    aside = RecordFile(path).mend()
    assert aside.parent == path.parent
    assert aside.read_bytes().rstrip(b"\n") == LINE[:cut].rstrip(b"\n")
    assert path.read_bytes() == good * LINE
    assert RecordFile(path).mend() is None


@pytest.mark.parametrize("cut", CUTS)
def test_a_record_that_follows_a_line_that_was_cut_off_can_be_read(path, cut):
    path.write_bytes(LINE + LINE[:cut])
    RecordFile(path).append(replace(RECORD, round=2))
    assert [record.round for record in RecordFile(path).read()] == [1, 2]


def test_two_lines_that_were_cut_off_are_both_kept(path):
    for cut in (9, 20):
        path.write_bytes(LINE + LINE[:cut])
        aside = RecordFile(path).mend()
    assert aside.read_bytes().split(b"\n")[:2] == [LINE[:9], LINE[:20]]


def test_killing_the_writer_loses_no_record_that_was_appended(path):
    moments = random.Random(11)
    appended = []
    for kill in range(20):
        process = writer(path, "one", 1000 * kill, 1000 * (kill + 1))
        process.stdin.write(b"go\n")
        process.stdin.flush()
        time.sleep(moments.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        stdout, _ = process.communicate()
        appended += [int(number) for number in stdout.splitlines()]
        RecordFile(path).mend()
        rounds = [record.round for record in RecordFile(path).read()]
        assert set(appended) <= set(rounds)
        assert len(rounds) <= len(appended) + kill + 1
    assert appended


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("field", ["wall_s", "floor_s", "timeline"])
def test_what_is_no_number_is_not_appended(path, field, value):
    RecordFile(path).append(RECORD)
    values = {"wall_s": [1.0, value], "floor_s": value, "timeline": [{"t_s": value}]}
    with pytest.raises(ValueError, match="JSON"):
        RecordFile(path).append(replace(RECORD, **{field: values[field]}))
    assert path.read_bytes() == LINE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wall_s", "0.5"),
        ("wall_s", ["0.5"]),
        ("wall_s", 0.5),
        ("wall_s", None),
        ("round", "1.5"),
        ("round", "1"),
        ("round", 1.5),
        ("round", None),
        ("round", True),
        ("chunk", None),
        ("chunk", 1.5),
        ("workers", []),
        ("size", "512"),
        ("inputs", "red.tif"),
        ("peak_bytes", "many"),
        ("floor_s", "0.1"),
        ("status", "splendid"),
        ("status", None),
        ("cache", "tepid"),
        ("versions", {"gdal": 3}),
        ("timeline", [{"t_s": "0"}]),
        ("speed", 1),
    ],
)
def test_a_wrong_field_is_named_with_file_and_line(path, field, value):
    path.write_bytes(LINE + LINE + json.dumps(asdict(RECORD) | {field: value}).encode() + b"\n" + LINE)
    with pytest.raises(BadInput) as refused:
        RecordFile(path).read()
    message = str(refused.value)
    assert f"{path}: line 3 " in message
    assert field in message.removeprefix(str(path))


@pytest.mark.parametrize("line", [b"[]", b"7", b"null", b'"x"', b"{", b"{} {}", b"\x00\x00", b"\xff\xfe"])
def test_what_is_no_record_at_all_is_named_with_file_and_line(path, line):
    path.write_bytes(LINE + line + b"\n" + LINE)
    with pytest.raises(BadInput, match=r"records\.jsonl: line 2 "):
        RecordFile(path).read()


def test_a_missing_field_is_named(path):
    path.write_text(json.dumps({name: value for name, value in asdict(RECORD).items() if name != "dataset"}) + "\n")
    with pytest.raises(BadInput, match=r"line 1 .*dataset"):
        RecordFile(path).read()
