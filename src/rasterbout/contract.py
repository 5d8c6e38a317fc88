"""The contract of a backend: files in, file out.

A backend lives in one module of `rasterbout.backends` (or in a distribution that announces it in
the entry-point group ``rasterbout.backends``) and is the module's only subclass of `Backend`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, get_args

from rasterbout.errors import Unsupported
from rasterbout.grid import Grid
from rasterbout.operation import Downscale, MeanNdvi, Ndvi, Operation, Resampling
from rasterbout.raster import Band, Raster
from rasterbout.resources import Resources

Blocks = Literal["tiled", "strips"]
Compression = Literal["none", "deflate", "lzw", "zstd"]
BLOCKS: tuple[Blocks, ...] = get_args(Blocks)
COMPRESSIONS: tuple[Compression, ...] = get_args(Compression)

TILE_EDGE = 512
STRIP_ROWS = 32


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the pixels of a GeoTIFF are stored: in square tiles or in strips of rows, compressed or not."""

    blocks: Blocks = "tiled"
    compression: Compression = "none"

    def block_shape(self, width: int) -> tuple[int, int]:
        """Return rows and columns of the blocks of a file of ``width`` columns."""
        return (TILE_EDGE, TILE_EDGE) if self.blocks == "tiled" else (STRIP_ROWS, width)

    def creation_options(self, threads: int = 1) -> dict[str, str]:
        """Return the options of GDAL's GTiff driver, which compresses in so many threads."""
        if self.blocks == "tiled":
            shape = {"TILED": "YES", "BLOCKXSIZE": str(TILE_EDGE), "BLOCKYSIZE": str(TILE_EDGE)}
        else:
            shape = {"TILED": "NO", "BLOCKYSIZE": str(STRIP_ROWS)}
        compress = {} if self.compression == "none" or threads == 1 else {"NUM_THREADS": str(threads)}
        return shape | {"COMPRESS": self.compression.upper(), "BIGTIFF": "IF_SAFER"} | compress


@dataclass(frozen=True, kw_only=True)
class Output:
    """Where a session writes, and in which layout: GeoTIFF, float32, nodata NaN."""

    path: Path
    layout: Layout = field(default_factory=Layout)


@dataclass(frozen=True, kw_only=True)
class Availability:
    """Whether a backend can run here: with which versions, or why not and how to get it."""

    available: bool
    versions: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    remedy: str = ""


class Session(ABC):
    """An open backend: its imports are done, its cluster or helper process is up.

    Every method reads its input files, and leaves one whole file at ``out.path``, in place of what
    was there: float32, nodata NaN, on the grid that the operation names, in ``out.layout``. A method
    that a backend does not have is left out, and the reason given by `Backend.unsupported`.
    """

    def versions(self) -> dict[str, str]:
        """Versions that are known only once the libraries are loaded."""
        return {}

    def ndvi(self, red: Band, nir: Band, out: Output) -> None:
        """Write (nir - red) / (nir + red), NaN where either is nodata or their sum is 0."""
        raise Unsupported("ndvi is not part of this backend")

    def downscale(self, source: Raster, factor: int, out: Output) -> None:
        """Write the mean of the valid pixels of each whole window, all bands, NaN where there is none."""
        raise Unsupported("downscale is not part of this backend")

    def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None:
        """Write the mean of the valid NDVI values of each whole window, NaN where there is none."""
        raise Unsupported("mean_ndvi is not part of this backend")

    def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None:
        """Write ``moving`` resampled at the pixel centres of ``onto``, all bands, NaN where it has no pixel."""
        raise Unsupported("superimpose is not part of this backend")


class Backend(ABC):
    """A way to do the operations; stateless, all that lives is in its sessions."""

    follows_chunk: ClassVar[bool] = True
    """False where the backend chooses its own chunks, whatever is asked for."""

    @abstractmethod
    def probe(self) -> Availability:
        """Tell whether this backend can run here, quickly and without side effects."""

    @abstractmethod
    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Start what the backend needs, within ``resources``; leaving the context ends it."""

    def session_class(self) -> type[Session] | None:
        """Return the class of its sessions, by whose methods others see what it can do.

        None if only an open session shows it.
        """
        return None

    def unsupported(self, operation: Operation) -> str | None:
        """Return why this backend cannot do ``operation``, None where it can."""
        return None


def perform(session: Session, operation: Operation, out: Output) -> None:
    """Call the method of ``session`` that ``operation`` names."""
    match operation:
        case Ndvi():
            session.ndvi(operation.red, operation.nir, out)
        case Downscale():
            session.downscale(operation.source, operation.factor, out)
        case MeanNdvi():
            session.mean_ndvi(operation.red, operation.nir, operation.factor, out)
        case _:
            session.superimpose(operation.moving, operation.onto, operation.resampling, out)
