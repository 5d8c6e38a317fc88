"""The operations as scripts of OTB's applications, on the command line or in Python.

Means are taken in coordinates of pixels, so that grids of intermediate images need not be computed.
"""

from dataclasses import replace
from pathlib import Path

from rasterbout.backends._otb import install, step
from rasterbout.backends._otb.means import prime_factors, quotients, shifts
from rasterbout.backends._otb.session import INTERPOLATOR, extent, ndvi_step
from rasterbout.backends._shared import virtual
from rasterbout.backends._shared.script import rendered
from rasterbout.contract import Layout, Output, Script
from rasterbout.grid import Grid
from rasterbout.operations.operation import Operation
from rasterbout.raster import Raster
from rasterbout.resources import Resources

TEMPLATES = Path(__file__).parent / "scripts"
LIMITS = ("ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS", "OTB_MAX_RAM_HINT", "GDAL_CACHEMAX", "GDAL_NUM_THREADS")

Sampling = tuple[int, int, list[tuple[float, float]]]
"""Columns and rows that become one pixel; how far, to the right and down, to move the image for each sample."""


def script(style: str, operation: Operation, resources: Resources, out: Output) -> Script | None:
    """Return the script of ``operation``, or None if it has no template.

    Parameters
    ----------
    style
        The folder of the templates: ``command_line`` or ``python``.
    """
    chunk, threads = resources.chunk, resources.threads

    def options(layout: Layout, factor: int = 1) -> str:
        return step.final_options(layout, None if chunk is None else max(1, chunk // factor), threads)

    return rendered(
        [TEMPLATES / style, TEMPLATES], operation, resources, out,
        profile=install.profile(),
        applications=install.environment().get("OTB_APPLICATION_PATH", ""),
        limits={name: resources.environment()[name] for name in LIMITS},
        options=options,
        plain_layout=Layout(),
        file_name=step.file_name,
        ndvi_step=ndvi_step,
        superimpose_step=step.superimpose,
        without_odd_crs=step.without_odd_crs,
        interpolator=INTERPOLATOR,
        plain_moving=_plain_moving,
        samplings=samplings,
        quotients=quotients,
        needs_view=virtual.needs_view,
        readable=_readable,
        path=Path,
    )  # fmt: skip


def samplings(factor: int) -> list[Sampling]:
    """Return the steps in which `means.window_mean` averages ``factor`` x ``factor`` windows."""
    found: list[Sampling] = []
    for prime in prime_factors(factor):
        if prime == 2:
            found.append((2, 2, [(0, 0)]))
        else:
            found.append((prime, 1, [(shift, 0) for shift in shifts(prime)]))
            found.append((1, prime, [(0, shift) for shift in shifts(prime)]))
    return found


def _readable(source: Raster) -> tuple[Path | str, float | str | None]:
    """Return the file to average and its nodata value, None if no pixel can be invalid."""
    if virtual.needs_view(source):
        return "nan.vrt", "nan"
    return source.path, "nan" if source.dtype.startswith("float") else source.nodata


def _plain_moving(moving: Raster, onto: Grid) -> tuple[Raster, Grid, int, int]:
    """Return ``moving`` as `OtbSession.superimpose` presents it, its grid, and the first column and row of this."""
    plain = replace(moving, grid=replace(moving.grid, crs=step.without_odd_crs(onto).crs))
    window = extent(moving.grid, onto)
    return plain, virtual.part(plain.grid, window), window.column, window.row
