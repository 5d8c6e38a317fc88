"""What happens to the input files of a case is noticed."""

import os

import pytest

from rasterbout.measure import inputs as module
from rasterbout.measure.inputs import Inputs
from rasterbout.operations.downscale import Downscale
from rasterbout.testing.rasters import integers, write


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "a.tif", integers("input", "uint16", (8, 8))).path


@pytest.fixture
def inputs(file):
    from rasterbout.header import read_header  # noqa: PLC0415

    return Inputs([Downscale(source=read_header(file), factor=2)])


def written_back(file):
    """Change a byte and restore all that can be restored."""
    before = file.stat()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(file):
    other = file.with_name("other.tif")
    other.write_bytes(file.read_bytes())
    other.rename(file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: os.truncate(file, 10), "a.tif was changed meanwhile"),
        (written_back, "a.tif was changed meanwhile"),
        (replaced, "a.tif was changed meanwhile"),
        (os.unlink, "a.tif was removed meanwhile"),
        (lambda file: file.with_name("a.tif.aux.xml").write_text("<a/>"), "a.tif.aux.xml appeared beside its input"),
        (lambda file: file.with_name("a.tif.msk").write_text(""), "a.tif.msk appeared beside its input"),
    ],
)
def test_what_happens_is_noticed_and_stays(file, inputs, change, said):
    assert inputs.touched() == ""
    change(file)
    assert said in inputs.touched()
    assert said in inputs.touched()  # the user's own files are not removed


def test_reading_is_nothing(file, inputs):
    file.read_bytes()
    file.with_name("b.tif").write_bytes(b"")
    assert inputs.touched() == ""


def test_sidecars_of_generated_files_are_removed(file, inputs, monkeypatch):
    monkeypatch.setattr(module, "cache_root", lambda: file.parent)
    sidecar = file.with_name("a.tif.aux.xml")
    sidecar.write_text("<a/>")
    assert "a.tif.aux.xml appeared" in inputs.touched()
    assert not sidecar.exists()
    assert inputs.touched() == ""
