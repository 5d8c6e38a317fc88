"""A piece of the user's files, on which a race begins: same blocks, compression and pixels, fewer of them."""

from collections.abc import Mapping
from pathlib import Path

import rasterio
from rasterio.windows import Window, from_bounds

from rasterbout.errors import BadInput
from rasterbout.header import read_header
from rasterbout.raster import Band, Raster
from rasterbout.scene import Scene

EDGE = 2048
"""Edge of the piece in pixels of the finest raster."""

WORTH_IT = 4
"""A piece is cut from rasters of at least this many times its pixels."""


def piece_of(scene: Scene, folder: Path) -> Scene | None:
    """Cut the middle of each raster of ``scene`` into ``folder``, and return a scene of these files.

    All pieces cover the same area, rounded to whole blocks. Returns None if the rasters are too small, or not
    GeoTIFFs in one CRS, which a piece would not represent.
    """
    finest = min(scene.rasters, key=lambda one: abs(one.grid.transform.a))
    if finest.grid.width * finest.grid.height < WORTH_IT * EDGE**2 or not _alike(scene):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    bounds = _middle(finest)
    cut: dict[Path, Raster] = {}
    for number, raster in enumerate(scene.rasters):
        cut[raster.path] = read_header(_cut(raster, bounds, folder / f"{number}-{raster.path.stem}.tif"))
    return Scene(name=f"{scene.name}-piece", inputs=_replaced(scene.inputs, cut), defaults=scene.defaults)


def _alike(scene: Scene) -> bool:
    first = scene.rasters[0].grid
    return all(one.driver == "GTiff" and one.grid.is_axis_aligned and one.grid.same_crs(first) for one in scene.rasters)


def _replaced(inputs: Mapping[str, Band | Raster], cut: Mapping[Path, Raster]) -> dict[str, Band | Raster]:
    return {
        role: Band(raster=cut[one.raster.path], index=one.index) if isinstance(one, Band) else cut[one.path]
        for role, one in inputs.items()
    }


def _middle(raster: Raster) -> tuple[float, float, float, float]:
    """Return the bounds of `EDGE` x `EDGE` pixels in the middle, beginning at a block."""
    rows, columns = raster.block_shape
    top = max(0, (raster.grid.height - EDGE) // 2) // rows * rows
    left = 0 if columns >= raster.grid.width else max(0, (raster.grid.width - EDGE) // 2) // columns * columns
    width = raster.grid.width if columns >= raster.grid.width else EDGE
    height = EDGE * EDGE // width // rows * rows or rows if width != EDGE else EDGE
    bounds: tuple[float, float, float, float] = rasterio.windows.bounds(
        Window(left, top, width, height), raster.grid.transform
    )
    return bounds


def _cut(raster: Raster, bounds: tuple[float, float, float, float], out: Path) -> Path:
    """Write the part of ``raster`` within ``bounds``, in the blocks and the compression of the file."""
    with rasterio.open(raster.path) as source:
        window = from_bounds(*bounds, transform=source.transform).round_offsets().round_lengths()
        window = window.intersection(Window(0, 0, source.width, source.height))
        if window.width < 1 or window.height < 1:
            raise BadInput(f"{raster.path}: does not cover the middle of the other files")
        profile = source.profile | {
            "width": int(window.width),
            "height": int(window.height),
            "transform": source.window_transform(window),
        }
        if not source.profile.get("tiled"):
            profile.pop("blockxsize", None)
        predictor = source.tags(ns="IMAGE_STRUCTURE").get("PREDICTOR")
        with rasterio.open(out, "w", **profile, **({"predictor": predictor} if predictor else {})) as target:
            for index in source.indexes:
                target.write(source.read(index, window=window), index)
    return out
