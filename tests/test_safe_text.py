"""Text of backends in messages and records."""

import os
from dataclasses import replace

import pytest

from rasterbout.measure.codec import decode, encode
from rasterbout.measure.lines import PIPE_BYTES, Lines
from rasterbout.measure.messages import Ended, Result, Versions
from rasterbout.record_file import RecordFile
from rasterbout.safe_text import MOST_CHARACTERS, safe
from test_records import RECORD

HALF = os.fsdecode(b"caf\xe9.tif")
"""The name of a file in another encoding, with a lone surrogate."""


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("\u00e9t\u00e9 \U0001f6f0 2 \u00d7 3\nnext\tline", "\u00e9t\u00e9 \U0001f6f0 2 \u00d7 3\nnext\tline"),
        (HALF, "caf\\udce9.tif"),
        ("\x1b[31mred\x00\r", "\\x1b[31mred\\x00\\r"),
        ("one\u2028two", "one\\u2028two"),
    ],
)
def test_what_cannot_stay_is_escaped(text, made):
    assert safe(text) == made
    assert safe(made) == made


def test_a_long_text_is_cut():
    made = safe("x" * 50_000_000)
    assert made.startswith("x" * MOST_CHARACTERS)
    assert made.endswith("... (50000000 characters)")


def test_texts_in_messages_are_safe_and_paths_stay_as_they_are():
    assert decode(encode(Ended(status="crashed", reason=HALF))).reason == "caf\\udce9.tif"
    assert decode(encode(Versions(versions={"GDAL": HALF}))).versions == {"GDAL": "caf\\udce9.tif"}
    assert b"udce9" in encode(Result(index=0, digest="", path=HALF))
    assert b"\\\\udce9" not in encode(Result(index=0, digest="", path=HALF))


def test_a_record_of_a_file_with_such_a_name_can_be_read(tmp_path):
    file = RecordFile(tmp_path / "records.jsonl")
    file.append(replace(RECORD, inputs=[HALF]))
    (record,) = file.read()
    assert record.inputs == ["caf\\udce9.tif"]


def test_a_line_longer_than_the_pipe():
    source, target = os.pipe()
    lines = Lines(source)
    os.set_blocking(target, False)
    sent, found = b"x" * (3 * PIPE_BYTES) + b"\nnext\nbegun", []
    while sent:
        try:
            sent = sent[os.write(target, sent) :]
        except BlockingIOError:
            found += lines.read()
    found += lines.read()
    assert found == [b"x" * (3 * PIPE_BYTES), b"next"]
    os.write(target, b"\n")
    assert list(lines.read()) == [b"begun"]
    os.close(target)
    assert list(lines.read()) == []
    assert lines.ended
    os.close(source)
