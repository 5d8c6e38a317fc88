"""Chunks, workers and backends that start a race."""

from dataclasses import replace

import pytest
from fake_measurer import case

from rasterbout.plan import Task
from rasterbout.race.candidates import able, chunks_for, workers_up_to


def raster(width=10980, height=10980, block_shape=(512, 512)):
    """Return a header of this size and these blocks; there is no such file."""
    red = case().operation.red.raster
    grid = replace(red.grid, width=width, height=height)
    return replace(red, grid=grid, block_shape=block_shape)


@pytest.mark.parametrize(
    ("block_shape", "chunks"),
    [
        ((256, 256), [512, 1024, 2048]),
        ((512, 512), [512, 1024, 2048]),
        ((640, 640), [640, 1280, 1920]),  # whole tiles
        ((1024, 1024), [1024, 2048]),
        ((4096, 4096), [4096]),
        ((1, 10980), [512, 1024, 2048]),  # strips
        ((64, 96), [576, 960, 2112]),  # multiples of 192
    ],
)
def test_chunks_hold_whole_tiles(block_shape, chunks):
    assert chunks_for(raster(block_shape=block_shape)) == chunks


def test_a_chunk_of_the_whole_raster_is_left_out_unless_it_is_the_only_one():
    assert chunks_for(raster(width=1000, height=900)) == [512]
    assert chunks_for(raster(width=300, height=300, block_shape=(256, 256))) == [512]


@pytest.mark.parametrize(("cores", "workers"), [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (8, [1, 2, 4, 8])])
def test_workers_are_powers_of_two_and_all_cores(cores, workers):
    assert workers_up_to(cores) == workers


def test_a_backend_that_cannot_do_the_operation_says_why():
    operation = case("mean_ndvi").operation
    task = Task(dataset="s2-tile", size=96, operation=operation)
    names, reasons = able(task, ["rasterio-windows", "gdal-cli"])
    assert "rasterio-windows" in names
    assert set(names) | set(reasons) == {"rasterio-windows", "gdal-cli"}
    assert all(reasons.values())
