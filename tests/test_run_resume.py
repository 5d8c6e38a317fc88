"""``--resume`` measures again whatever differs in any parameter of the operation."""

from functools import partial

import numpy as np
import pytest
import rasterio
from affine import Affine

import command_line
from rasterbout.record_file import RecordFile

HOW = ("--preset", "smoke", "--backends", "rasterio-windows", "--out", "run")


def put(path, count, width, pixel):
    pixels = np.random.default_rng(width).integers(1, 99, (count, 40, width), dtype="int16")
    profile = {"driver": "GTiff", "count": count, "dtype": "int16", "width": width, "height": 40, "crs": "EPSG:32631"}
    with rasterio.open(path, "w", **profile, transform=Affine(pixel, 0, 0, 0, -pixel, 0)) as target:
        target.write(pixels)


@pytest.fixture
def measured(tmp_path):
    """Runs with options into one folder, and returns the parameters of all its records."""
    put(tmp_path / "stack.tif", 4, 50, 10)
    put(tmp_path / "fine.tif", 1, 100, 5)
    put(tmp_path / "finer.tif", 1, 125, 4)
    rasterbout = partial(command_line.rasterbout, cwd=tmp_path)

    def run(*words):
        again = ("--resume",) if (tmp_path / "run").exists() else ()
        done = rasterbout("run", *HOW, *words, *again)
        assert done.returncode == 0, done.stderr
        return [record.parameters for record in RecordFile(tmp_path / "run/records.jsonl").read()]

    return run


def bands(red, nir):
    files = ("--red", "stack.tif", "--nir", "stack.tif", "--operations", "ndvi")
    return (*files, "--red-band", str(red), "--nir-band", str(nir))


def test_other_bands_are_other_work(measured):
    assert measured(*bands(1, 2)) == [{"red_band": 1, "nir_band": 2}]
    assert len(measured(*bands(1, 2))) == 1
    assert measured(*bands(3, 4))[1:] == [{"red_band": 3, "nir_band": 4}]


def test_another_reference_grid_is_other_work(measured):
    files = ("--moving", "stack.tif", "--resampling", "bilinear", "--reference")
    assert len(measured(*files, "fine.tif")) == 1
    assert len(measured(*files, "fine.tif")) == 1
    grids = [parameters["reference"]["width"] for parameters in measured(*files, "finer.tif")]
    assert grids == [100, 125]


def test_results_of_other_bands_have_pictures_of_their_own(measured, tmp_path):
    measured(*bands(1, 2))
    measured(*bands(3, 4))
    pictures = {record.picture for record in RecordFile(tmp_path / "run/records.jsonl").read()}
    assert len(pictures) == 2
