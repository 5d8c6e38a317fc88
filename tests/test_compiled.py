"""Compiled loops are kept by the content of their file, for all installations of one user."""

import os
import subprocess
import sys

import pytest

SOURCE = """
from rasterbout.backends._numba.compiled import compiled

@compiled
def twice(number):
    return 2 * number
"""
LOOK = "import tiny; assert tiny.twice(4) == 8; print(sum(tiny.twice.stats.cache_hits.values()))"


@pytest.fixture
def hits(tmp_path):
    """Returns how many functions a process loads from the cache, if its source lies in a folder of this name."""

    def count(name, source=SOURCE, cache=tmp_path / "cache"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "tiny.py").write_text(source)
        found = {**os.environ, "RASTERBOUT_CACHE": str(cache), "NUMBA_CACHE_DIR": ""}
        done = subprocess.run(
            [sys.executable, "-c", LOOK], cwd=folder, env=found, capture_output=True, text=True, check=True
        )
        return int(done.stdout)

    return count


def test_another_installation_of_the_same_source_compiles_nothing(hits):
    assert (hits("one"), hits("one"), hits("other")) == (0, 1, 1)


def test_another_source_is_compiled(hits):
    hits("one")
    assert hits("other", SOURCE.replace("2 *", "1 * 2 *")) == 0


def test_without_a_writable_cache_folder_it_lies_beside_the_source(hits, tmp_path):
    (tmp_path / "file").write_text("")
    assert (hits("one", cache=tmp_path / "file"), hits("one", cache=tmp_path / "file")) == (0, 1)
    assert list((tmp_path / "one" / "__pycache__").glob("*.nbc"))
