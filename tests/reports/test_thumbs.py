"""The small pictures of a run on the page."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.image import imread

from rasterbout.reports.charts.thumbs import thumbs
from rasterbout.reports.statistics.runs import Run
from test_records import RECORD

PICTURE = "pictures/a.npz"


@pytest.fixture
def run(tmp_path):
    """Makes a run whose only picture has these arrays."""

    def run(backends=("a",), **changes):
        ramp = np.linspace(0, 1, 12, dtype="float32").reshape(3, 4)
        arrays = {"input": ramp, "output": ramp, "error": np.zeros((3, 4), "float32")} | changes
        (tmp_path / "pictures").mkdir()
        for backend in backends:
            np.savez_compressed(tmp_path / f"pictures/{backend}.npz", **arrays)
        records = [replace(RECORD, backend=backend, picture=f"pictures/{backend}.npz") for backend in backends]
        return Run(name="", records=[*records, *records], folder=tmp_path)

    return run


def image(thumb):
    _, _, encoded = thumb.source.partition("base64,")
    return imread(io.BytesIO(base64.b64decode(encoded)), format="png")


def test_the_input_is_shown_once_and_every_output(run):
    found = list(thumbs(run(("a", "b"))))
    assert [thumb.caption for thumb in found] == ["input", "a", "b"]
    assert {thumb.task for thumb in found} == {"ndvi on s2-tile 512, tiled, none"}


def test_errors_are_shown_where_there_are_any(run):
    error = np.array([[0, 1e-6], [2e-7, np.nan]], "float32")
    *_, shown = thumbs(run(error=error))
    assert shown.caption == "errors of a, at most 1.0e-06"
    bright = image(shown)[..., :3].sum(axis=-1)
    assert bright[0, 1] > bright[1, 0] > bright[0, 0]


def test_a_pixel_that_is_nan_on_one_side_is_an_error(run):
    *_, shown = thumbs(run(error=np.array([[0, np.inf]], "float32")))
    assert shown.caption.endswith("NaN on one side only")


def test_nodata_has_no_colour(run):
    source, *_ = thumbs(run(input=np.array([[1, np.nan, 3]], "float32")))
    assert image(source)[..., 3].tolist() == [[1.0, 0.0, 1.0]]
    assert list(thumbs(Run(name="", records=[RECORD]))) == []


def test_nothing_but_nodata_is_a_picture_too(run):
    source, *_ = thumbs(run(input=np.full((2, 2), np.nan, "float32")))
    assert image(source)[..., 3].max() == 0


@pytest.mark.parametrize("content", [b"", b"PK", None])
def test_a_picture_that_cannot_be_read_is_left_out(run, tmp_path, content):
    whole = run()
    if content is None:
        (tmp_path / "pictures/a.npz").unlink()
    else:
        (tmp_path / "pictures/a.npz").write_bytes(content)
    assert list(thumbs(whole)) == []
