"""The operations as scripts of loops compiled by numba, rasterio and a pool of threads."""

from pathlib import Path

from rasterbout.backends._shared.thread_script import rendered_for_threads
from rasterbout.contract import Output, Script
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

TEMPLATES = Path(__file__).parent / "scripts"


def script(operation: Operation, resources: Resources, out: Output) -> Script | None:
    """Return the script of ``operation``, or None if it has no template."""
    return rendered_for_threads(TEMPLATES, operation, resources, out)
