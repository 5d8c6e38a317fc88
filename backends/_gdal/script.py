"""The operations as scripts of GDAL's commands."""

from pathlib import Path

from rasterbout.backends._gdal import programs
from rasterbout.backends._gdal.session import MEANS, corners, in_numpy, in_pipelines
from rasterbout.backends._shared import rasterio_files, virtual
from rasterbout.backends._shared.script import rendered
from rasterbout.contract import Layout, Output, Script
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

TEMPLATES = Path(__file__).parent / "scripts"


def script(operation: Operation, resources: Resources, out: Output) -> Script | None:
    """Return the script of ``operation`` by pipelines if they are on PATH, or None if it has no template."""
    style = "pipelines" if programs.has_pipelines() else "programs"
    return rendered(
        [TEMPLATES / style, TEMPLATES], operation, resources, out,
        plain_layout=Layout(),
        means=MEANS,
        corners=corners,
        in_numpy=in_numpy,
        in_pipelines=in_pipelines,
        exact_type=virtual.exact_type,
        needs_view=virtual.needs_view,
        warp_options=rasterio_files.warp_options,
    )  # fmt: skip
