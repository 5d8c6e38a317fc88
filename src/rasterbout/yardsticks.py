"""Command lines as a user would type them, measured as a reference for the adapters.

They run and are verified like backends but cannot be selected: only `rasterbout run --preset full`
measures them.
"""

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from rasterbout.contract import Availability, Backend, Output, Session
from rasterbout.errors import BackendFailed
from rasterbout.grid import Grid
from rasterbout.operations.ndvi import Ndvi
from rasterbout.operations.operation import Operation
from rasterbout.operations.superimpose import Resampling, Superimpose
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources


class _ByHand(Backend, Session):
    """A command line; one object is both backend and session because no process outlives a command."""

    program: str
    operation: str

    def probe(self) -> Availability:
        """Look for the program."""
        if shutil.which(self.program) is None:
            return Availability(available=False, reason=f"no {self.program} on PATH", remedy="install it")
        return Availability(available=True)

    def unsupported(self, operation: Operation) -> str | None:
        """Refuse all operations but the one that this command performs."""
        return (
            None if operation.name == self.operation else f"{self.program} by hand is a yardstick of {self.operation}"
        )

    @contextmanager
    def open(self, resources: Resources) -> Iterator[Session]:
        """Remember the number of threads and the size of the pieces."""
        self._threads = resources.threads
        self._chunk = resources.chunk
        yield self


class OtbcliByHand(_ByHand):
    """``otbcli_BandMath`` with the same streaming as the adapter's."""

    program = "otbcli_BandMath"
    operation = Ndvi.name

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        """Run the command, with the nodata value and the layout that the contract requires."""
        options = [f"gdal:co:{key}={value}" for key, value in out.layout.creation_options().items()] + ["nodata=nan"]
        if self._chunk is not None:
            options += ["streaming:type=tiled", "streaming:sizemode=height", f"streaming:sizevalue={self._chunk}"]
        r, n = f"im1b{red.index}", f"im2b{nir.index}"
        declared = ((r, red.raster.nodata), (n, nir.raster.nodata))
        undefined = [f"{name}=={nodata:g}" for name, nodata in declared if nodata is not None]
        expression = f"({' || '.join([*undefined, f'{r}+{n}==0'])}) ? 0/0 : ({n}-{r})/({n}+{r})"
        _run(
            f"otbcli_BandMath -il {red.raster.path} {nir.raster.path} -exp {shlex.quote(expression)} "
            f"-out {shlex.quote(str(out.path) + '?&' + '&'.join(options))} float"
        )


class GdalwarpByHand(_ByHand):
    """``gdalwarp -multi`` onto a grid."""

    follows_chunk = False
    program = "gdalwarp"
    operation = Superimpose.name

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        """Run the command."""
        left, top = onto.transform @ (0, 0)
        right, bottom = onto.transform @ (onto.width, onto.height)
        options = " ".join(f"-co {key}={value}" for key, value in out.layout.creation_options().items())
        _run(
            f"gdalwarp -q -multi -wo NUM_THREADS={self._threads} -r {resampling.value.replace('nearest', 'near')} "
            f"-ot Float32 -dstnodata nan -te {left!r} {bottom!r} {right!r} {top!r} -ts {onto.width} {onto.height} "
            f"{options} {moving.path} {out.path}"
        )


def _run(command: str) -> None:
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackendFailed(f"{command} ended with status {done.returncode}: {done.stderr.strip()[-200:]}")


YARDSTICKS: dict[str, type[_ByHand]] = {
    "otbcli-by-hand": OtbcliByHand,
    "gdalwarp-by-hand": GdalwarpByHand,
}
