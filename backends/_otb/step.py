"""Steps: runs of OTB applications, on the command line or in Python."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rasterbout.backends._shared import virtual
from rasterbout.contract import Layout, Output
from rasterbout.errors import BadInput
from rasterbout.grid import Grid
from rasterbout.raster import Band

Value = str | float | list[str]


@dataclass(frozen=True, kw_only=True)
class Step:
    """An application, its parameters by key, and the extended file name of its output, which is float32."""

    application: str
    parameters: Mapping[str, Value]
    output: str


def superimpose(moving: Path, reference: Path, interpolator: str, output: str) -> Step:
    """Resample ``moving`` onto the grid of ``reference``.

    All parameters are set, as OTB's defaults differ from what the operation means.
    """
    parameters: dict[str, Value] = {
        "inr": file_name(reference),
        "inm": file_name(moving),
        "interpolator": interpolator,
        "mode": "default",
        "fv": 0.0,
    }
    if interpolator == "bco":
        parameters["interpolator.bco.radius"] = 2
    return Step(application="Superimpose", parameters=parameters, output=output)


def band_math(images: list[Path], expression: str, output: str) -> Step:
    """Compute one band from the bands of ``images``, named im1b1, im1b2 and so on."""
    return _math("BandMath", images, expression, output)


def band_math_x(images: list[Path], expression: str, output: str) -> Step:
    """Compute several bands; each takes several times as long as with `band_math`."""
    return _math("BandMathX", images, expression, output)


def _math(application: str, images: list[Path], expression: str, output: str) -> Step:
    names = [file_name(path) for path in images]
    return Step(application=application, parameters={"il": names, "exp": expression}, output=output)


def without_odd_crs(grid: Grid) -> Grid:
    """Return ``grid`` without its CRS if that has no EPSG code.

    OTB recognises two CRS as equal only by their codes; otherwise it transforms coordinates, with rounding.
    """
    return grid if grid.crs is None or grid.crs.startswith("EPSG:") else replace(grid, crs=None)


def band_name(band: Band) -> str:
    """Return the extended file name with which OTB reads only this band."""
    name = file_name(band.raster.path)
    return name if band.raster.count == 1 else f"{name}?&bands={band.index}"


def file_name(path: Path) -> str:
    """Return the name of a file for OTB.

    Raises
    ------
    BadInput
        The path contains a question mark, after which OTB expects options.
    """
    if "?" in str(path):
        raise BadInput(f"{path}: OTB reads what follows a '?' in a file name as options; rename the file or folder")
    return str(path)


def final_name(out: Output, chunk: int | None, threads: int) -> str:
    """Return the extended file name of a result with its layout, nodata NaN and the size of streaming tiles."""
    return f"{file_name(out.path)}{final_options(out.layout, chunk, threads)}"


def final_options(layout: Layout, chunk: int | None, threads: int) -> str:
    """Return what follows the path in `final_name`."""
    options = [f"gdal:co:{key}={value}" for key, value in layout.creation_options(threads).items()]
    return f"?&{'&'.join([*options, 'nodata=nan'])}{streaming(chunk)}"


def streaming(chunk: int | None) -> str:
    """Return the option for square streaming tiles of ``chunk`` pixels; with None, OTB derives them from its RAM."""
    return "" if chunk is None else f"&streaming:type=tiled&streaming:sizemode=height&streaming:sizevalue={chunk}"


def reference(scratch: Path, name: str, grid: Grid) -> Path:
    """Write a raster without pixels into ``scratch``, from which OTB reads ``grid``."""
    return virtual.write_grid(scratch / f"{name}.grid.vrt", grid)
