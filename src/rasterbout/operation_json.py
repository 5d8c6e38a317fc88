"""Operations as JSON, for the processes that carry them out; headers are read again on the other side."""

from typing import Any

from affine import Affine

from rasterbout.grid import Grid
from rasterbout.header import read_header
from rasterbout.operation import Downscale, MeanNdvi, Ndvi, Operation, Resampling, Superimpose
from rasterbout.raster import Band

Json = dict[str, Any]


def operation_to_json(operation: Operation) -> Json:
    """Return ``operation`` as a JSON object."""
    match operation:
        case Ndvi():
            inputs: Json = {"red": _band_to_json(operation.red), "nir": _band_to_json(operation.nir)}
        case Downscale():
            inputs = {"source": str(operation.source.path), "factor": operation.factor}
        case MeanNdvi():
            inputs = {
                "red": _band_to_json(operation.red),
                "nir": _band_to_json(operation.nir),
                "factor": operation.factor,
            }
        case _:
            inputs = {
                "moving": str(operation.moving.path),
                "onto": _grid_to_json(operation.onto),
                "resampling": operation.resampling.value,
            }
    return {"name": operation.name, **inputs}


def operation_from_json(message: Json) -> Operation:
    """Return the operation that `operation_to_json` described.

    Raises
    ------
    BadInput
        A file has gone or changed since.
    """
    match message["name"]:
        case Ndvi.name:
            return Ndvi(red=_band_from_json(message["red"]), nir=_band_from_json(message["nir"]))
        case Downscale.name:
            return Downscale(source=read_header(message["source"]), factor=message["factor"])
        case MeanNdvi.name:
            return MeanNdvi(
                red=_band_from_json(message["red"]), nir=_band_from_json(message["nir"]), factor=message["factor"]
            )
        case _:
            return Superimpose(
                moving=read_header(message["moving"]),
                onto=_grid_from_json(message["onto"]),
                resampling=Resampling(message["resampling"]),
            )


def _band_to_json(band: Band) -> Json:
    return {"path": str(band.raster.path), "index": band.index}


def _band_from_json(message: Json) -> Band:
    return Band(raster=read_header(message["path"]), index=message["index"])


def _grid_to_json(grid: Grid) -> Json:
    return {"crs": grid.crs, "transform": list(grid.transform)[:6], "width": grid.width, "height": grid.height}


def _grid_from_json(message: Json) -> Grid:
    return Grid(**{**message, "transform": Affine(*message["transform"])})
