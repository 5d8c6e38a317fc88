"""Free pages for outputs: a file is written and removed before each timed repeat."""

import subprocess
import sys

import pytest

from rasterbout.measure import free_pages

MIB = 1 << 20

WRITTEN = """
import sys
from pathlib import Path
from rasterbout.measure import free_pages

def characters(): return int(Path("/proc/self/io").read_text().splitlines()[1].split()[1])
before = characters()
free_pages.provide(int(sys.argv[1]), Path(sys.argv[2]))
print(characters() - before)
"""


@pytest.mark.parametrize(("size", "written"), [(0, 0), (1, MIB), (5 * MIB, 5 * MIB)])
def test_as_many_bytes_are_written_as_the_output_has_and_no_file_is_left(tmp_path, size, written):
    command = [sys.executable, "-c", WRITTEN, str(size), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) == written
    assert list(tmp_path.iterdir()) == []


def test_huge_outputs_do_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(free_pages, "MOST_BYTES", 2 * MIB)
    sizes = []
    monkeypatch.setattr(free_pages.os, "pwrite", lambda _, piece, start: sizes.append(start + len(piece)))
    free_pages.provide(1 << 50, tmp_path)
    assert max(sizes) == 2 * MIB


def test_a_folder_that_cannot_be_written_is_left_to_the_operation(tmp_path):
    free_pages.provide(MIB, tmp_path / "missing")
    assert not (tmp_path / "missing").exists()
