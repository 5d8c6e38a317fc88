"""What the floor reads and writes: each byte of the pixels once, and nothing else."""

import os
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import rasterio

from rasterbout.decoded import pieces, read_pieces
from rasterbout.measure.floor import copy_once
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band
from rasterbout.testing.rasters import NORTH_UP, UTM, integers, write, write_sparse
from rasterbout.tiff import Directory

PIXELS = integers("floor", "uint16", (3, 48, 64))
TILES = {"tiled": True, "blockxsize": 16, "blockysize": 16}
LAYOUTS = {
    "tiles of pixels": TILES | {"interleave": "pixel"},
    "tiles of bands": TILES | {"interleave": "band"},
    "strips of pixels": {"blockysize": 8, "interleave": "pixel"},
    "strips of bands": {"blockysize": 8, "interleave": "band"},
    "BigTIFF": TILES | {"interleave": "band", "BIGTIFF": "YES"},
    "big-endian": {"blockysize": 8, "interleave": "band", "ENDIANNESS": "BIG"},
}
BANDS = [[1], [3], [1, 3], [3, 1], [1, 2, 3]]


def stored(path, extents):
    content = path.read_bytes()
    return b"".join(content[start : start + length] for start, length in extents)


def blocks_of(pixels, raster, bands):
    """Return how often each block's bytes are in a file that stores ``pixels``."""
    rows, columns = raster.block_shape
    with rasterio.open(raster.path) as source:
        separate = source.interleaving.name == "band"
    order = ">" if raster.path.read_bytes()[:2] == b"MM" else "<"
    groups = [pixels[[band - 1]] for band in bands] if separate else [pixels]
    return Counter(
        group[:, row : row + rows, column : column + columns].transpose(1, 2, 0).astype(f"{order}u2").tobytes()
        for group in groups
        for row in range(0, pixels.shape[1], rows)
        for column in range(0, pixels.shape[2], columns)
    )


def blocks_from_gdal(path, bands):
    """Return offset and length of each block of ``bands``, as GDAL reports them."""
    places = set()
    with rasterio.open(path) as source:
        for band in bands:
            for (row, column), _ in source.block_windows(band):
                names = (f"BLOCK_{what}_{column}_{row}" for what in ("OFFSET", "SIZE"))
                place = [source.get_tag_item(name, "TIFF", band) for name in names]
                places |= {tuple(map(int, place))} if all(place) else set()
    return sorted(places)


def covered(extents):
    return Counter(byte for start, length in extents for byte in range(start, start + length))


@pytest.mark.parametrize("bands", BANDS, ids=str)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_what_is_stored_at_the_extents_are_the_pixels_of_the_bands(tmp_path, layout, bands):
    raster = write(tmp_path / "a.tif", PIXELS, **layout)
    found = stored(raster.path, Directory(raster.path).extents(bands, raster.count))
    wanted = blocks_of(PIXELS, raster, bands)
    size = len(next(iter(wanted)))
    assert Counter(found[start : start + size] for start in range(0, len(found), size)) == wanted


@pytest.mark.parametrize("bands", BANDS, ids=str)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("kind", ["plain", "with overviews", "compressed", "of an awkward size"])
def test_extents_are_those_of_gdal_joined_where_they_touch(tmp_path, layout, bands, kind):
    pixels = PIXELS[:, :45, :61] if kind == "of an awkward size" else PIXELS
    raster = write(tmp_path / "a.tif", pixels, **layout, **({"compress": "deflate"} if kind == "compressed" else {}))
    if kind == "with overviews":
        with rasterio.open(raster.path, "r+") as target:
            target.build_overviews([2, 4])
    extents = Directory(raster.path).extents(bands, raster.count)
    assert covered(extents) == covered(blocks_from_gdal(raster.path, bands))
    assert all(start + length < later for (start, length), (later, _) in pairwise(extents))


def test_blocks_that_were_never_written_have_no_extent(tmp_path):
    raster = write_sparse(tmp_path / "a.tif", PIXELS[0], 16)
    extents = Directory(raster.path).extents([1], 1)
    assert covered(extents) == covered(blocks_from_gdal(raster.path, [1]))
    assert sum(length for _, length in extents) == PIXELS[0].nbytes - 16 * 16 * 2


def test_a_file_without_any_block_has_no_extent(tmp_path):
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=64, height=48, count=3, dtype="uint16", crs=UTM,
        transform=NORTH_UP, sparse_ok=True, interleave="band",
    ):  # fmt: skip
        pass
    assert Directory(tmp_path / "a.tif").extents([1, 2], 3) == []


@pytest.mark.parametrize("compress", ["none", "deflate", "lzw", "zstd"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_decoding_gives_as_many_bytes_as_the_pixels_take(tmp_path, layout, compress):
    raster = write(tmp_path / "a.tif", PIXELS[:, :45, :61], compress=compress, **layout)
    assert sum(read_pieces(raster, [3, 1], pieces(raster))) == 2 * 45 * 61 * 2


@pytest.mark.parametrize("block", [16, 128, 1024])
def test_pieces_are_whole_blocks_and_cover_each_pixel_once(tmp_path, block):
    raster = write(tmp_path / "a.tif", np.zeros((2100, 1300), "uint8"), tiled=True, blockxsize=block, blockysize=block)
    touched = np.zeros(raster.grid.shape, int)
    for window in pieces(raster):
        assert window.row % block == window.column % block == 0
        assert (window.row + window.height) % block == 0 or window.row + window.height == 2100
        assert (window.column + window.width) % block == 0 or window.column + window.width == 1300
        touched[window.slices] += 1
    assert (touched == 1).all()


@pytest.fixture
def calls(monkeypatch):
    """Which bytes of which files were read and written, by calls with a place."""
    seen = defaultdict(list)

    def watched(name, call):
        def noted(handle, what, place):
            done = call(handle, what, place)
            seen[name, str(Path(f"/proc/self/fd/{handle}").readlink())].append((place, done))
            return done

        return noted

    for name in ("preadv", "pwrite"):
        monkeypatch.setattr(f"rasterbout.measure.floor.os.{name}", watched(name, getattr(os, name)))
    return seen


def merged(extents):
    """Return the bytes covered, having made sure that none is twice."""
    ordered = sorted(extents)
    assert all(start + length <= later for (start, length), (later, _) in pairwise(ordered))
    return sum(length for _, length in ordered), ordered[0][0], ordered[-1][0] + ordered[-1][1]


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize("interleave", ["band", "pixel"])
def test_each_byte_of_the_bands_is_read_once_and_each_of_the_output_written_once(tmp_path, calls, interleave, threads):
    pixels = integers("large", "uint16", (3, 1700, 1500))
    raster = write(tmp_path / "a.tif", pixels, interleave=interleave)
    other = write(tmp_path / "b.tif", pixels[0])
    operation = Ndvi(red=Band(raster=raster, index=3), nir=Band(raster=other))
    assert copy_once(operation, tmp_path / "out", threads) > 0
    read, start, end = merged(calls["preadv", str(raster.path)])
    assert read == end - start == pixels.nbytes // (3 if interleave == "band" else 1)
    assert [(start, end - start)] == Directory(raster.path).extents([3], 3)
    assert merged(calls["preadv", str(other.path)])[0] == pixels[0].nbytes
    assert merged(calls["pwrite", str(tmp_path / "out")]) == (1700 * 1500 * 4, 0, 1700 * 1500 * 4)
    assert len(calls) == 3


@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_a_band_that_is_needed_twice_is_read_once(tmp_path, calls, monkeypatch, compress):
    raster = write(tmp_path / "a.tif", PIXELS, interleave="band", compress=compress)
    decoded = []
    monkeypatch.setattr(
        "rasterbout.measure.floor.read_pieces",
        lambda *how: (decoded.append(step) or step for step in read_pieces(*how)),
    )
    band = Band(raster=raster, index=2)
    copy_once(Ndvi(red=band, nir=band), tmp_path / "out", 2)
    assert sum(decoded) + sum(length for _, length in calls["preadv", str(raster.path)]) == PIXELS[1].nbytes


@pytest.mark.parametrize("compress", ["none", "deflate"])
def test_no_file_is_left(tmp_path, compress):
    raster = write(tmp_path / "a.tif", PIXELS, compress=compress)
    assert copy_once(Downscale(source=raster, factor=5), tmp_path / "out", 2) > 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]
    raster.path.unlink()
    with pytest.raises(Exception, match=r"a\.tif"):
        copy_once(Downscale(source=raster, factor=5), tmp_path / "out", 2)
    assert list(tmp_path.iterdir()) == []


def test_the_output_is_four_bytes_a_pixel_of_all_its_bands(tmp_path):
    raster = write(tmp_path / "a.tif", PIXELS)
    band = Band(raster=raster)
    onto = write(tmp_path / "b.tif", np.zeros((100, 200), "uint8")).grid
    assert Ndvi(red=band, nir=band).output_bytes == 48 * 64 * 4
    assert MeanNdvi(red=band, nir=band, factor=5).output_bytes == 9 * 12 * 4
    assert Downscale(source=raster, factor=5).output_bytes == 3 * 9 * 12 * 4
    assert Superimpose(moving=raster, onto=onto, resampling=Resampling.CUBIC).output_bytes == 3 * 100 * 200 * 4
