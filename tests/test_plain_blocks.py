"""Blocks as they are in the file, against what GDAL reads from it and writes into it."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from rasterbout import plain_blocks
from rasterbout.header import read_header
from rasterbout.raster import Band

HEIGHT, WIDTH = 100, 70
TILED = {"tiled": True, "blockxsize": 32, "blockysize": 16}


def raster(path, count=1, dtype="int16", written=True, **options):
    pixels = np.arange(count * HEIGHT * WIDTH).reshape(count, HEIGHT, WIDTH).astype(dtype)
    profile = {"driver": "GTiff", "width": WIDTH, "height": HEIGHT, "count": count, "dtype": dtype, **options}
    with rasterio.open(path, "w", **profile) as target:
        if written:
            target.write(pixels)
    return read_header(path), pixels


def stored(band, pixels):
    """The pixels of a band put together from its blocks."""
    rows, columns = band.raster.block_shape
    found = np.zeros_like(pixels[0])
    with plain_blocks.opened(band) as blocks, blocks.path.open("rb") as file:
        for down, across in np.ndindex(blocks.offsets.shape):
            part = found[down * rows : (down + 1) * rows, across * columns : (across + 1) * columns]
            file.seek(blocks.offsets[down, across])
            block = np.frombuffer(file.read(part.shape[0] * columns * found.itemsize), found.dtype)
            part[:] = block.reshape(-1, columns)[:, : part.shape[1]]
    return found


@pytest.mark.parametrize("options", [TILED, {"blockysize": 16}, {"blockysize": 7}], ids=["tiles", "strips", "odd"])
@pytest.mark.parametrize(("count", "interleave"), [(1, "pixel"), (3, "band")])
def test_blocks_are_found_where_gdal_wrote_them(tmp_path, options, count, interleave):
    header, pixels = raster(tmp_path / "a.tif", count, interleave=interleave, **options)
    for number in range(count):
        band = Band(raster=header, index=number + 1)
        assert plain_blocks.is_plain(band)
        np.testing.assert_array_equal(stored(band, pixels), pixels[number])


NOT_PLAIN = {
    "compressed": {"compress": "deflate"},
    "bands beside each other": {"count": 2, "interleave": "pixel"},
    "the other byte order": {"endianness": "big"},
    "twelve bits": {"dtype": "uint16", "nbits": 12},
    "blocks that were never written": {"written": False, "sparse_ok": True},
}


@pytest.mark.parametrize("options", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_content_beyond_pixels_is_reported(tmp_path, options):
    header, _ = raster(tmp_path / "a.tif", **TILED, **options)
    assert not plain_blocks.is_plain(Band(raster=header, index=1))


def test_another_format_is_not_plain(tmp_path):
    header, _ = raster(tmp_path / "a.img", driver="HFA")
    assert not plain_blocks.is_plain(Band(raster=header, index=1))


def test_what_is_written_is_what_gdal_reads(tmp_path):
    path = Path(tmp_path / "a.tif")
    _, pixels = raster(path, dtype="float32", **TILED)
    lines = np.full((3, 32), 7.5, np.float32)
    with plain_blocks.opened_to_write(path, (7, 3)) as blocks:
        blocks.write((2, 1), 4 * lines[0].nbytes, lines)
    pixels[0, 2 * 16 + 4 : 2 * 16 + 7, 32:64] = 7.5
    with rasterio.open(path) as source:
        np.testing.assert_array_equal(source.read(), pixels)
