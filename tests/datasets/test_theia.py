"""Theia products: found by their files' names, and used as they are."""

import re
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from rasterbout.contract import Layout
from rasterbout.datasets import load
from rasterbout.errors import BadInput
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.superimpose import Superimpose

PRODUCT = "SENTINEL2A_20180101-105435-457_L2A_T31TCJ_D_V1-4"
OTHER = "SENTINEL2B_20180106-105427-458_L2A_T31TCJ_D_V1-4"


def put(folder: Path, name: str, *, nodata: float | None = -10000) -> None:
    size, pixel = (10, 20) if name.endswith(("B11", "B12")) else (20, 10)
    folder.mkdir(exist_ok=True)
    with rasterio.open(
        folder / f"{name}.tif",
        "w",
        driver="GTiff",
        width=size,
        height=size,
        count=1,
        dtype="int16",
        nodata=nodata,
        crs="EPSG:32631",
        transform=Affine(pixel, 0, 300000, 0, -pixel, 4900020),
    ) as target:
        target.write(np.full((1, size, size), 500, np.int16))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A product with files of both reflectances, other bands, and masks."""
    folder = tmp_path / PRODUCT
    for reflectance in ("FRE", "SRE"):
        for band in ("B2", "B4", "B8", "B8A", "B11", "B12"):
            put(folder, f"{PRODUCT}_{reflectance}_{band}")
    put(folder / "MASKS", f"{PRODUCT}_CLM_R1")
    (folder / f"{PRODUCT}_MTD_ALL.xml").write_text("<metadata/>")
    return folder


def names(folder: Path) -> list[str]:
    return [raster.path.name.removeprefix(PRODUCT) for raster in load(str(folder)).rasters]


def test_a_product_is_found_by_its_folder(folder: Path) -> None:
    scene = load(str(folder))
    assert (scene.name, scene.size) == (PRODUCT, (20, 20))
    assert names(folder) == ["_FRE_B4.tif", "_FRE_B8.tif", "_FRE_B11.tif"]
    assert all(raster.path.parent == folder for raster in scene.rasters)
    ndvi, superimpose = scene.operation("ndvi"), scene.operation("superimpose")
    assert isinstance(ndvi, Ndvi)
    assert ndvi.red.raster.path.name.endswith("B4.tif")
    assert isinstance(superimpose, Superimpose)
    assert superimpose.onto == ndvi.red.raster.grid
    assert scene.operation("downscale", {"factor": 5}).grid.shape == (4, 4)


def test_a_relative_path_without_a_slash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert load(PRODUCT).rasters[0].path.is_absolute()


def test_without_fre_there_is_sre(folder: Path) -> None:
    for file in folder.glob("*_FRE_*"):
        file.unlink()
    assert names(folder) == ["_SRE_B4.tif", "_SRE_B8.tif", "_SRE_B11.tif"]


@pytest.mark.parametrize("nodata", [-10000, None])
def test_nodata_is_what_the_files_say(nodata: float | None, tmp_path: Path) -> None:
    for band in ("B4", "B8", "B11"):
        put(tmp_path / "product", f"{PRODUCT}_FRE_{band}", nodata=nodata)
    assert {raster.nodata for raster in load(str(tmp_path / "product")).rasters} == {nodata}


def test_a_missing_band_is_named(folder: Path) -> None:
    (folder / f"{PRODUCT}_FRE_B11.tif").unlink()
    with pytest.raises(BadInput, match=rf"{folder}: holds no \*_FRE_B11.tif"):
        load(str(folder))


def test_two_products_are_named(folder: Path) -> None:
    put(folder, f"{OTHER}_FRE_B8")
    with pytest.raises(BadInput, match=rf"{folder}: holds more than one product \({PRODUCT}, {OTHER}\)"):
        load(str(folder))


def test_no_product(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=rf"{tmp_path}: is not a readable product; .* Level-2A product of Theia"):
        load(str(tmp_path))
    with pytest.raises(BadInput, match=rf"{tmp_path}/nowhere: no such file or folder"):
        load(str(tmp_path / "nowhere"))


def test_layout_and_size_are_those_of_the_files(folder: Path) -> None:
    with pytest.raises(BadInput, match="used as they are, not in strips with compression zstd"):
        load(str(folder), layout=Layout(blocks="strips", compression="zstd"))
    with pytest.raises(BadInput, match=re.escape(f"{folder}: its size cannot be chosen, got 64")):
        load(str(folder), size=64)
