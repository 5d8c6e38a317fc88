"""Names of datasets, and what is told of them."""

from pathlib import Path

import pytest

from rasterbout.datasets import catalogue, load, names
from rasterbout.errors import BadInput


def test_names_have_a_line_each() -> None:
    assert names() == ["s2-tile", "s2-mosaic", "toulouse", "toulouse-2m4"]
    for line in (*catalogue.SUMMARIES.values(), catalogue.PRODUCT_SUMMARY):
        assert 20 < len(line) < 100
        assert "\n" not in line


@pytest.mark.parametrize(("wrong", "near"), [("s2tile", "s2-tile"), ("toulose", "toulouse"), ("toulouse-2m", "2m4")])
def test_a_misspelt_name(wrong: str, near: str, cache: Path) -> None:
    with pytest.raises(BadInput, match=rf"{wrong}: no such dataset; did you mean \S*{near}\?"):
        load(wrong)


def test_an_unknown_name_gets_the_list(cache: Path) -> None:
    with pytest.raises(
        BadInput, match=r"^landsat: no such dataset; choose s2-tile, s2-mosaic, toulouse, toulouse-2m4, or the path"
    ):
        load("landsat", size=64)
    assert not cache.exists()


def test_description_of_a_scene(cache: Path) -> None:
    scene = load("s2-tile", size=64)
    lines = list(scene.describe())
    assert len(lines) == len(scene.rasters) + len(scene.operations) == 7
    folder = cache / "datasets" / "s2-tile-v1-64-seed31-tiled-none"
    assert lines[0] == (
        f"{folder}/B4.tif: 64 x 64 pixels of 10 x 10 at (300000, 4900020), EPSG:32631; 1 band of int16, "
        "nodata -10000; blocks of 512 x 512, compression none; 0.5 MB"
    )
    assert lines[-1] == "superimpose: B11.tif to 64 x 64 pixels of 10 x 10 at (300000, 4900020), EPSG:32631"
