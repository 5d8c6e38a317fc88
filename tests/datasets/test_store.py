"""The cache: complete or absent, verified, made once."""

import hashlib
import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from rasterbout.cache_folder import cache_root
from rasterbout.datasets._files.store import made_once
from rasterbout.errors import BadInput

KEY = "letters-v1"


def build(folder: Path) -> None:
    (folder / "a.bin").write_bytes(b"a" * 100_000)
    (folder / "b.bin").write_bytes(b"b" * 7)


def must_not_build(folder: Path) -> None:
    pytest.fail("the dataset is there and whole, it must not be made again")


def is_good(folder: Path) -> bool:
    return (folder / "a.bin").read_bytes() == b"a" * 100_000 and (folder / "b.bin").read_bytes() == b"b" * 7


def left_in(cache: Path) -> set[str]:
    return {path.name for path in (cache / "datasets").iterdir() if path.suffix != ".lock"}


def test_cache_root_is_where_the_installer_of_otb_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path / "own"))
    assert cache_root() == tmp_path / "own"
    for unset in (lambda: monkeypatch.delenv("RASTERBOUT_CACHE"), lambda: monkeypatch.setenv("RASTERBOUT_CACHE", "")):
        unset()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
        assert cache_root() == tmp_path / "xdg" / "rasterbout"
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        assert cache_root() == tmp_path / "home" / ".cache" / "rasterbout"


def test_made_once_and_then_only_verified(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = made_once(KEY, build)
    assert folder == cache / "datasets" / KEY
    assert made_once(KEY, must_not_build) == folder
    assert is_good(folder)
    assert left_in(cache) == {KEY}
    assert not caplog.records


def test_manifest_has_sizes_and_sums_and_no_more(cache: Path) -> None:
    manifest = json.loads((made_once(KEY, build) / "manifest.json").read_text())
    assert manifest == {
        "files": {
            "a.bin": {"bytes": 100_000, "sha256": hashlib.sha256(b"a" * 100_000).hexdigest()},
            "b.bin": {"bytes": 7, "sha256": hashlib.sha256(b"b" * 7).hexdigest()},
        }
    }


def flip_a_bit(folder: Path) -> None:
    with (folder / "a.bin").open("r+b") as stream:
        stream.seek(50_000)
        stream.write(b"`")


def truncate(folder: Path) -> None:
    os.truncate(folder / "a.bin", 99_999)


def empty_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": {}}')


DAMAGES = {
    "flipped bit": (flip_a_bit, "a.bin: damaged"),
    "truncated": (truncate, "a.bin: 99999 bytes instead of 100000"),
    "missing": (lambda folder: (folder / "b.bin").unlink(), "b.bin: missing"),
    "a folder in its place": (lambda folder: [(folder / "b.bin").unlink(), (folder / "b.bin").mkdir()], "b.bin: "),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "manifest.json: missing"),
    "garbage manifest": (lambda folder: (folder / "manifest.json").write_bytes(b"\xff{"), "manifest.json: unreadable"),
    "manifest of nothing": (empty_manifest, "manifest.json: unreadable"),
    "manifest cut short": (lambda folder: os.truncate(folder / "manifest.json", 40), "manifest.json: unreadable"),
    "manifest is a list": (lambda folder: (folder / "manifest.json").write_text("[1]"), "manifest.json: unreadable"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named_and_made_good(damage: str, cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    do_damage, words = DAMAGES[damage]
    do_damage(made_once(KEY, build))
    assert is_good(made_once(KEY, build))
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("rasterbout", logging.WARNING)
    assert f"{cache / 'datasets' / KEY}/{words}" in record.getMessage()
    assert "\n" not in record.getMessage()
    made_once(KEY, must_not_build)


def test_every_damaged_file_is_named(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = made_once(KEY, build)
    truncate(folder)
    (folder / "b.bin").unlink()
    made_once(KEY, build)
    assert "a.bin: 99999 bytes" in caplog.text
    assert "b.bin: missing" in caplog.text


def test_a_file_where_the_folder_should_be(cache: Path) -> None:
    (cache / "datasets").mkdir(parents=True)
    (cache / "datasets" / KEY).write_text("not a folder")
    assert is_good(made_once(KEY, build))


def test_a_failed_build_leaves_nothing(cache: Path) -> None:
    def fail(folder: Path) -> None:
        build(folder)
        raise BadInput("the source is damaged")

    with pytest.raises(BadInput, match="the source is damaged"):
        made_once(KEY, fail)
    assert left_in(cache) == set()
    assert is_good(made_once(KEY, build))


@pytest.mark.parametrize("below", ["", "deeper"])
def test_an_unusable_cache_folder_is_named_with_the_way_out(
    below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RASTERBOUT_CACHE", str(tmp_path / "file" / below))
    with pytest.raises(BadInput, match=rf"{tmp_path}/file.*set RASTERBOUT_CACHE"):
        made_once(KEY, build)


def test_a_full_disk_is_reported_with_the_remedy(cache: Path) -> None:
    def fill_the_disk(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(BadInput, match=rf"{cache}/datasets.*No space left on device.*set RASTERBOUT_CACHE"):
        made_once(KEY, fill_the_disk)
    assert left_in(cache) == set()


def test_a_file_that_gdal_could_not_finish_is_no_dataset(cache: Path) -> None:
    """GDAL closes a compressed file that did not fit without an error; the limit stands for a full disk."""
    script = """
import resource, signal
from rasterbout.contract import Layout
from rasterbout.datasets import load
from rasterbout.errors import BadInput
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for compression in ("none", "deflate", "lzw", "zstd"):
    for blocks in ("tiled", "strips"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
        try:
            load("s2-tile", size=64, layout=Layout(blocks=blocks, compression=compression))
        except BadInput as error:
            assert "is the disk full?" in str(error) and "RASTERBOUT_CACHE" in str(error), error
        else:
            raise SystemExit(f"{blocks} {compression} passed")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert left_in(cache) == set()


def build_and_log(folder: Path) -> None:
    with (cache_root() / "builds").open("a") as stream:
        stream.write("built\n")
    build(folder)


def make_together(barrier: Barrier) -> None:
    barrier.wait()
    assert is_good(made_once(KEY, build_and_log))


def test_processes_that_make_the_same_one_at_once_make_it_once(cache: Path) -> None:
    cache.mkdir()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    makers = [context.Process(target=make_together, args=(barrier,)) for _ in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert [maker.exitcode for maker in makers] == [0, 0, 0]
    assert (cache / "builds").read_text() == "built\n"


def die_in_the_middle(folder: Path) -> None:
    build(folder)
    os.kill(os.getpid(), signal.SIGKILL)


def make_and_die() -> None:
    made_once(KEY, die_in_the_middle)


def test_a_killed_maker_leaves_nothing_that_passes(cache: Path) -> None:
    maker = multiprocessing.get_context("spawn").Process(target=make_and_die)
    maker.start()
    maker.join()
    assert maker.exitcode == -signal.SIGKILL
    (leftover,) = left_in(cache)
    assert leftover != KEY
    assert is_good(made_once(KEY, build))
    assert left_in(cache) == {KEY}
