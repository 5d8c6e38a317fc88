"""The page cache brought into a state, held against what ``fincore`` of util-linux sees."""

import mmap
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from rasterbout.header import read_header
from rasterbout.measure.cache_state import bring, bring_inputs, resident_pages
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.ndvi import Ndvi
from rasterbout.raster import Band
from rasterbout.testing.rasters import integers, write

PAGES = 512
NOBODY = 65534
SHARED = Path("/dev/shm")
LOCKER = """
import ctypes, mmap, sys
with open(sys.argv[1], "r+b") as file:
    mapped = mmap.mmap(file.fileno(), 0)
    start = ctypes.addressof(ctypes.c_char.from_buffer(mapped))
    assert ctypes.CDLL(None).mlock(ctypes.c_void_p(start), ctypes.c_size_t(len(mapped))) == 0
    print("locked", flush=True)
    sys.stdin.read()
"""
STRANGER = """
import os, sys
from pathlib import Path
from rasterbout.measure.cache_state import bring
if os.getuid() == 0:
    os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
print(bring([Path(sys.argv[1])], "warm"), bring([Path(sys.argv[1])], "cold"))
"""
VIRTUAL = (
    '<VRTDataset rasterXSize="256" rasterYSize="256"><SRS>EPSG:32631</SRS>'
    "<GeoTransform>399960, 10, 0, 4900020, 0, -10</GeoTransform>"
    '<VRTRasterBand dataType="UInt16" band="1"><SimpleSource><SourceFilename>{source}</SourceFilename>'
    "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
)

pytestmark = pytest.mark.skipif(not shutil.which("fincore"), reason="there is no fincore")


def kind(folder):
    done = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=False)
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path):
    """A folder on a disk."""
    if kind(tmp_path) in {"tmpfs", "ramfs"}:
        pytest.skip("temporary files are in memory")
    return tmp_path


def filled(path, pages=PAGES):
    path.write_bytes(os.urandom(pages * mmap.PAGESIZE))
    return path


def virtual(path, source):
    path.write_text(VIRTUAL.format(source=source))
    return read_header(path)


def cached_pages(path):
    columns = ("--bytes", "--raw", "--noheadings", "--output", "PAGES")
    done = subprocess.run(["fincore", *columns, str(path)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@contextmanager
def locked_by_another_process(path):
    command = [sys.executable, "-c", LOCKER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as locker:
        assert locker.stdout.readline() == "locked\n"
        yield
        locker.stdin.close()


def test_cold_and_warm_are_what_the_kernel_holds(folder):
    path = filled(folder / "file")
    for _ in range(3):
        assert bring([path], "cold") == "cold"
        assert cached_pages(path) == 0
        assert bring([path], "warm") == "warm"
        assert cached_pages(path) == PAGES


def test_the_last_page_may_be_a_part_of_one(folder):
    path = folder / "file"
    path.write_bytes(b"x" * (3 * mmap.PAGESIZE + 1))
    assert bring([path], "cold") == "cold"
    assert cached_pages(path) == 0
    assert bring([path], "warm") == "warm"
    assert cached_pages(path) == 4


def test_a_file_that_was_just_written_can_be_made_cold(folder):
    path = filled(folder / "file")
    assert cached_pages(path) == PAGES
    assert bring([path], "cold") == "cold"
    assert cached_pages(path) == 0


@pytest.mark.parametrize("asked", ["warm", "cold"])
def test_a_file_of_which_half_the_pages_are_there_is_neither_warm_nor_cold(folder, asked):
    path = filled(folder / "file")
    bring([path], "cold")
    with path.open("rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_RANDOM)  # else the kernel reads ahead
        os.pread(file.fileno(), PAGES // 2 * mmap.PAGESIZE, PAGES // 2 * mmap.PAGESIZE)
        states = resident_pages(file.fileno())
    assert not states[: PAGES // 4].any()
    assert states[PAGES // 2 :].all()
    assert states.sum() == cached_pages(path) < PAGES
    assert bring([path], asked) == asked
    assert cached_pages(path) == (PAGES if asked == "warm" else 0)


@pytest.mark.parametrize("asked", ["warm", "cold"])
def test_an_empty_file_is_in_every_state(folder, asked):
    path = folder / "empty"
    path.touch()
    assert bring([path], asked) == asked
    assert bring([], asked) == asked


@pytest.mark.skipif(kind(SHARED) != "tmpfs", reason="/dev/shm is not in memory")
def test_a_file_in_memory_cannot_be_made_cold():
    with tempfile.TemporaryDirectory(dir=SHARED) as in_memory:
        path = filled(Path(in_memory) / "file", pages=4)
        assert bring([path], "cold") == "unknown"
        assert bring([path], "warm") == "warm"


def test_of_a_file_of_another_user_nothing_is_known():
    command = [sys.executable, "-c", STRANGER.format(nobody=NOBODY), "/etc/passwd"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["unknown", "unknown"]


def test_a_file_that_another_process_holds_in_memory_cannot_be_made_cold(folder):
    path = filled(folder / "file", pages=16)
    with locked_by_another_process(path):
        assert bring([path], "cold") == "unknown"
        assert cached_pages(path) == 16
    assert bring([path], "cold") == "cold"


def test_one_file_that_does_not_follow_makes_all_unknown_and_the_others_follow(folder):
    held, before, after = (filled(folder / name, pages=16) for name in ("held", "before", "after"))
    with locked_by_another_process(held):
        assert bring([before, held, after], "cold") == "unknown"
    assert (cached_pages(before), cached_pages(after)) == (0, 0)


def test_a_file_without_page_counts_from_the_kernel_is_unknown():
    assert bring([Path("/sys/kernel/notes")], "cold") == "unknown"  # can be read, but not mapped


def test_both_files_of_an_operation_are_brought(folder):
    red, nir = (write(folder / f"{name}.tif", integers(name, "uint16", (256, 256))) for name in ("red", "nir"))
    assert bring_inputs(Ndvi(red=Band(raster=red), nir=Band(raster=nir)), "cold") == "cold"
    assert (cached_pages(red.path), cached_pages(nir.path)) == (0, 0)


@pytest.mark.parametrize("levels", [1, 2])
def test_the_files_behind_a_virtual_raster_are_brought(folder, levels):
    source = write(folder / "pixels.tif", integers("pixels", "uint16", (256, 256)))
    raster = source
    for level in range(levels):
        raster = virtual(folder / f"{level}.vrt", raster.path)
    operation = Downscale(source=raster, factor=2)
    assert bring_inputs(operation, "warm") == "warm"
    assert cached_pages(source.path) == -(-source.path.stat().st_size // mmap.PAGESIZE)
    assert bring_inputs(operation, "cold") == "cold"
    assert cached_pages(source.path) == 0


def test_of_a_file_within_an_archive_nothing_is_known(folder):
    source = write(folder / "pixels.tif", integers("pixels", "uint16", (256, 256)))
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        archive.write(source.path, "pixels.tif")
    raster = virtual(folder / "view.vrt", f"/vsizip/{folder}/archive.zip/pixels.tif")
    assert bring_inputs(Downscale(source=raster, factor=2), "cold") == "unknown"
