"""GDAL on the command line: ``gdal raster pipeline`` from GDAL 3.12 on, else ``gdal_calc.py`` and ``gdalwarp``."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, ClassVar

from rasterbout.backends._gdal import programs
from rasterbout.backends._shared.versions import importing
from rasterbout.contract import Availability, Backend, Output, Script, Session
from rasterbout.operations.downscale import Downscale
from rasterbout.operations.mean_ndvi import MeanNdvi
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

if TYPE_CHECKING:
    from rasterbout.backends._gdal.session import GdalSession

FEWEST_COLUMNS = 4  # GDAL 3.6.2 writes NaN for means onto 1 column, and errors of up to 4 % onto 2 or 3
REMEDY = "on Debian: sudo apt-get install gdal-bin; elsewhere put the programs of GDAL and its Python scripts on PATH"


class GdalCli(Backend):
    """The commands that a user types; warping uses as many threads as there are workers, arithmetic one."""

    follows_chunk: ClassVar[bool] = False

    def probe(self) -> Availability:
        """Look for the programs on PATH, and ask for their version."""
        if programs.has_pipelines():
            return Availability(available=True, versions={"gdal": programs.version(programs.PIPELINES)})
        if missing := programs.missing():
            return Availability(available=False, reason=f"no {' and no '.join(missing)} on PATH", remedy=REMEDY)
        return Availability(available=True, versions={"gdal": programs.version(programs.WARPER)})

    def unsupported(self, operation: Operation) -> str | None:
        """Refuse grids that GDAL's warper cannot write, or onto which it averages wrongly."""
        if isinstance(operation, Ndvi):
            return None
        grid = operation.grid
        if not grid.is_axis_aligned or grid.transform.a < 0 or grid.transform.e > 0:
            return "GDAL warps only onto grids whose columns run east and whose rows run south"
        if isinstance(operation, Downscale | MeanNdvi) and grid.width < FEWEST_COLUMNS:
            return f"GDAL averages wrongly onto fewer than {FEWEST_COLUMNS} columns"
        return None

    def session_class(self) -> "type[GdalSession]":
        """Import the libraries, and return the class of its sessions, which depends on the programs on PATH."""
        with importing():
            from rasterbout.backends._gdal.session import Pipelines, Programs
        return Pipelines if programs.has_pipelines() else Programs

    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Create a session; nothing is kept alive between commands."""
        return self.session_class().opened(resources)

    def script(self, operation: Operation, resources: Resources, out: Output) -> Script | None:
        """Return a script of the commands, with the programs on PATH."""
        from rasterbout.backends._gdal.script import script

        return None if self.unsupported(operation) else script(operation, resources, out)
