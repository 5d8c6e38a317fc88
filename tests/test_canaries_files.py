"""Files that are not what was asked for: another grid, type, layout, or no whole file at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from rasterbout.contract import Layout
from rasterbout.errors import BackendFailed, BadInput
from rasterbout.testing.cases import case
from rasterbout.verify import require_usable, verify
from right_results import LAYOUT, NAMES, RightResult, right_result


@pytest.fixture(scope="session")
def rights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RightResult]:
    """The right results by name of operation, or of resampling."""
    return {name: right_result(tmp_path_factory.mktemp(name), name) for name in NAMES}


@pytest.fixture(params=NAMES)
def right(request: pytest.FixtureRequest, rights: dict[str, RightResult]) -> RightResult:
    return rights[request.param]


def moved(transform: Affine, columns: float = 0, rows: float = 0, size: float = 1) -> Affine:
    t = transform
    return Affine(t.a * size, t.b, t.c + columns * t.a, t.d, t.e * size, t.f + rows * t.e)


GRIDS: dict[str, dict[str, float]] = {
    "one-column-right": {"columns": 1},
    "one-row-up": {"rows": -1},
    "half-a-pixel": {"columns": 0.5, "rows": 0.5},
    "a-hundredth-of-a-pixel": {"rows": 0.01},
    "a-ten-thousandth-of-a-pixel": {"columns": 1e-4},
    "pixels-twice-as-large": {"size": 2},
    "pixels-slightly-larger": {"size": 1 + 1e-5},
    "other-way-up": {"size": -1},
}

HEADERS: dict[str, dict[str, Any]] = {
    "other-crs": {"crs": "EPSG:32632"},
    "other-datum": {"crs": "EPSG:23031"},
    "no-crs": {"crs": None},
    "nodata-undeclared": {"nodata": None},
    "nodata-0": {"nodata": 0},
    "nodata-minus-9999": {"nodata": -9999},
    "float64": {"dtype": "float64"},
    "int16": {"dtype": "int16", "nodata": 0},
}

LAYOUTS: dict[str, dict[str, Any]] = {
    "strips": {"TILED": "NO", "BLOCKYSIZE": "32"},
    "smaller-tiles": {"BLOCKXSIZE": "256", "BLOCKYSIZE": "256"},
    "deflate": {"COMPRESS": "DEFLATE"},
    "lzw": {"COMPRESS": "LZW"},
}


def refused(right: RightResult, path: Path) -> None:
    """Check that both looks at the file refuse it, in one line each."""
    with pytest.raises(BackendFailed) as caught:
        require_usable(right.operation, path, LAYOUT)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    verdict = verify(right.operation, path)
    assert not verdict.right
    assert "\n" not in verdict.problem


@pytest.mark.parametrize("grid", list(GRIDS))
def test_another_grid_is_refused(right: RightResult, grid: str, tmp_path: Path) -> None:
    transform = moved(right.operation.grid.transform, **GRIDS[grid])
    refused(right, right.write(tmp_path / "out.tif", transform=transform))


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@pytest.mark.parametrize("header", list(HEADERS))
def test_another_header_is_refused(right: RightResult, header: str, tmp_path: Path) -> None:
    refused(right, right.write(tmp_path / "out.tif", **HEADERS[header]))


def test_a_row_less_is_refused(right: RightResult, tmp_path: Path) -> None:
    refused(right, right.write(tmp_path / "out.tif", right.pixels[:, :-1]))


def test_a_column_more_is_refused(right: RightResult, tmp_path: Path) -> None:
    wider = np.concatenate([right.pixels, right.pixels[:, :, -1:]], axis=2)
    refused(right, right.write(tmp_path / "out.tif", wider))


def test_a_band_more_is_refused(right: RightResult, tmp_path: Path) -> None:
    refused(right, right.write(tmp_path / "out.tif", np.concatenate([right.pixels, right.pixels[:1]])))


@pytest.mark.parametrize("name", ["downscale", "nearest", "bilinear", "cubic"])
def test_a_band_less_is_refused(rights: dict[str, RightResult], name: str, tmp_path: Path) -> None:
    refused(rights[name], rights[name].write(tmp_path / "out.tif", rights[name].pixels[:1]))


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_another_layout_is_not_usable(right: RightResult, layout: str, tmp_path: Path) -> None:
    """The pixels are right, so only the layout can be blamed."""
    path = right.write(tmp_path / "out.tif", **LAYOUTS[layout])
    with pytest.raises(BackendFailed):
        require_usable(right.operation, path, LAYOUT)
    assert verify(right.operation, path).right


@pytest.mark.parametrize(
    "layout",
    [Layout(blocks="strips"), Layout(blocks="strips", compression="zstd"), Layout(compression="deflate")],
    ids=["strips", "strips-zstd", "tiled-deflate"],
)
def test_the_layout_asked_for_is_usable(right: RightResult, layout: Layout, tmp_path: Path) -> None:
    path = right.write(tmp_path / "out.tif", **{"BLOCKXSIZE": None, **layout.creation_options()})
    require_usable(right.operation, path, layout)


@pytest.mark.parametrize("rows", [1, 4])
def test_any_strips_of_a_raster_lower_than_one_strip_are_usable(
    rights: dict[str, RightResult], rows: int, tmp_path: Path
) -> None:
    """Of so few rows, GDAL and rasterio make strips of different heights."""
    low, layout = rights["downscale"], Layout(blocks="strips")
    assert low.operation.grid.height < layout.block_shape(1)[0]
    strips = {"BLOCKXSIZE": None, **layout.creation_options(), "BLOCKYSIZE": rows}
    require_usable(low.operation, low.write(tmp_path / "low.tif", **strips), layout)
    high = rights["ndvi"]
    with pytest.raises(BackendFailed):
        require_usable(high.operation, high.write(tmp_path / "high.tif", **strips), layout)


@pytest.mark.parametrize("driver", ["ENVI", "HFA", "netCDF", "VRT"])
def test_another_format_is_not_usable(rights: dict[str, RightResult], driver: str, tmp_path: Path) -> None:
    right = rights["ndvi"]
    tif, path = right.write(tmp_path / "right.tif"), tmp_path / "out.tif"
    rasterio.shutil.copy(tif, path, driver=driver)
    with pytest.raises(BackendFailed):
        require_usable(right.operation, path, LAYOUT)


def test_blocks_never_written_are_not_usable(right: RightResult, tmp_path: Path) -> None:
    """They read as NaN: what a writer leaves on a full disk without saying so."""
    grid, path = right.operation.grid, tmp_path / "out.tif"
    profile = {"width": grid.width, "height": grid.height, "count": right.operation.count, "dtype": "float32"}
    with rasterio.open(
        path, "w", driver="GTiff", nodata=np.nan, crs=grid.crs, transform=grid.transform, SPARSE_OK="TRUE",
        **profile, **LAYOUT.creation_options(),
    ):  # fmt: skip
        pass
    with pytest.raises(BackendFailed):
        require_usable(right.operation, path, LAYOUT)
    assert not verify(right.operation, path).right


def test_a_row_of_another_format_is_not_usable(tmp_path: Path) -> None:
    """One row in strips: the blocks are the same in every format."""
    operation = case("ndvi", "one-row").make(tmp_path)
    profile = {"width": 97, "height": 1, "count": 1, "dtype": "float32", "nodata": np.nan, "crs": "EPSG:32631"}
    with rasterio.open(tmp_path / "out.tif", "w", driver="ENVI", transform=operation.grid.transform, **profile) as out:
        out.write(np.full((1, 1, 97), 0.5, "float32"))
    with pytest.raises(BackendFailed):
        require_usable(operation, tmp_path / "out.tif", Layout(blocks="strips"))


def broken(path: Path, how: str) -> None:
    """Make a whole file into something that is none."""
    size = path.stat().st_size
    match how:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("Segmentation fault\n")
        case "folder":
            path.unlink()
            path.mkdir()
        case "dangling-link":
            path.unlink()
            path.symlink_to(path.with_name("gone.tif"))
        case _:
            with path.open("r+b") as file:
                file.truncate({"half": size // 2, "header": 100, "magic": 4, "last-byte": size - 1}[how])


@pytest.mark.parametrize(
    "how", ["missing", "empty", "text", "folder", "dangling-link", "half", "header", "magic", "last-byte"]
)
@pytest.mark.parametrize("compression", ["none", "deflate"])
def test_no_whole_file_is_refused(rights: dict[str, RightResult], compression: str, how: str, tmp_path: Path) -> None:
    right, layout = rights["downscale"], Layout(compression=compression)
    path = right.write(tmp_path / "out.tif", **layout.creation_options())
    broken(path, how)
    with pytest.raises(BackendFailed) as caught:
        require_usable(right.operation, path, layout)
    assert "\n" not in str(caught.value)
    with pytest.raises(BadInput, match=str(path)):
        verify(right.operation, path)


@pytest.mark.parametrize("compression", ["deflate", "lzw", "zstd"])
@pytest.mark.parametrize("where", [0.3, 0.5, 0.9])
def test_flipped_bytes_are_refused(
    rights: dict[str, RightResult], compression: str, where: float, tmp_path: Path
) -> None:
    """Some decode to other pixels without an error, some do not decode: neither is right."""
    right, layout = rights["mean_ndvi"], Layout(compression=compression)
    path = right.write(tmp_path / "out.tif", **layout.creation_options())
    content = bytearray(path.read_bytes())
    start = int(len(content) * where)
    content[start : start + 8] = bytes(byte ^ 0xFF for byte in content[start : start + 8])
    path.write_bytes(content)
    try:
        assert not verify(right.operation, path).right
    except BadInput as error:
        assert "\n" not in str(error)  # noqa: PT017
