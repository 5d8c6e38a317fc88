"""Datasets by name, and their descriptions."""

from pathlib import Path

import pytest

from rasterbout.datasets import datasets, load, products
from rasterbout.errors import BadInput


def test_names_have_a_line_each() -> None:
    assert sorted(datasets()) == ["s2-mosaic", "s2-tile", "toulouse", "toulouse-2m4"]
    for line in (one.summary for one in (*datasets().values(), *products())):
        assert 20 < len(line) < 100
        assert "\n" not in line


@pytest.mark.parametrize(("wrong", "near"), [("s2tile", "s2-tile"), ("toulose", "toulouse"), ("toulouse-2m", "2m4")])
def test_a_misspelt_name(wrong: str, near: str, cache: Path) -> None:
    with pytest.raises(BadInput, match=rf"unknown dataset '{wrong}': did you mean \S*{near}\?"):
        load(wrong)


def test_an_unknown_name_gets_the_list(cache: Path) -> None:
    with pytest.raises(
        BadInput,
        match=r"unknown dataset 'landsat': there are s2-mosaic, s2-tile, toulouse, toulouse-2m4; or name the path",
    ):
        load("landsat", size=64)
    assert not cache.exists()


def test_description_of_a_scene(cache: Path) -> None:
    scene = load("s2-tile", size=64)
    lines = list(scene.describe())
    assert len(lines) == len(scene.rasters) + len(scene.operations()) == 7
    folder = cache / "datasets" / "s2-tile-v1-64-seed31-tiled-none"
    assert lines[0] == (
        f"{folder}/B4.tif: 64 x 64 pixels of 10 x 10 at (300000, 4900020), EPSG:32631; 1 band of int16, "
        "nodata -10000; blocks of 512 x 512, compression none; 0.5 MB"
    )
    assert lines[-1] == "superimpose: B11.tif to 64 x 64 pixels of 10 x 10 at (300000, 4900020), EPSG:32631"
