"""The contract of a backend: files in, file out.

A backend is the only subclass of `Backend` in a module of `rasterbout.backends`, or in a module that
another distribution announces in the entry-point group ``rasterbout.backends``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, get_args

from rasterbout.errors import Unsupported
from rasterbout.operations.operation import Operation
from rasterbout.resources import Resources

Blocks = Literal["tiled", "strips"]
Compression = Literal["none", "deflate", "lzw", "zstd"]
BLOCKS: tuple[Blocks, ...] = get_args(Blocks)
COMPRESSIONS: tuple[Compression, ...] = get_args(Compression)

TILE_EDGE = 512
STRIP_ROWS = 32


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a GeoTIFF stores its pixels: in square tiles or in strips of rows, compressed or not."""

    blocks: Blocks = "tiled"
    compression: Compression = "none"

    def block_shape(self, width: int) -> tuple[int, int]:
        """Return the block shape (rows, columns) of a file with ``width`` columns."""
        return (TILE_EDGE, TILE_EDGE) if self.blocks == "tiled" else (STRIP_ROWS, width)

    def creation_options(self, threads: int = 1) -> dict[str, str]:
        """Return the creation options of GDAL's GTiff driver, which compresses in ``threads`` threads."""
        if self.blocks == "tiled":
            shape = {"TILED": "YES", "BLOCKXSIZE": str(TILE_EDGE), "BLOCKYSIZE": str(TILE_EDGE)}
        else:
            shape = {"TILED": "NO", "BLOCKYSIZE": str(STRIP_ROWS)}
        compress = {} if self.compression == "none" or threads == 1 else {"NUM_THREADS": str(threads)}
        return shape | {"COMPRESS": self.compression.upper(), "BIGTIFF": "IF_SAFER"} | compress


@dataclass(frozen=True, kw_only=True)
class Output:
    """Path and layout of the GeoTIFF that a session writes: float32, nodata NaN."""

    path: Path
    layout: Layout = field(default_factory=Layout)


@dataclass(frozen=True, kw_only=True)
class Availability:
    """Whether a backend can run on this machine: its versions, or the reason and the remedy."""

    available: bool
    versions: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Script:
    """A program that does one operation on given files with a plain library, without rasterbout."""

    language: Literal["python", "bash"]
    text: str


class Hosts(Protocol):
    """Processes that do the work of a session without being its descendants, perhaps on other machines.

    Attributes
    ----------
    names
        Names of the hosts.
    dashboard
        Address of a page that shows them at work; empty without one.
    """

    names: Sequence[str]
    dashboard: str

    def call(self, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        """Call ``function(pids, *arguments)`` once on each host, and return the results by the host's name.

        ``pids`` are the IDs of its processes that do the work.
        """
        ...


class Session(ABC):
    """An open backend: imports done, cluster or helper process running.

    A session has one method for each operation it supports, named after the operation. The method takes
    the values of the operation's fields, in order, then an `Output`::

        def ndvi(self, red: Band, nir: Band, out: Output) -> None
        def downscale(self, source: Raster, factor: int, out: Output) -> None
        def mean_ndvi(self, red: Band, nir: Band, factor: int, out: Output) -> None
        def superimpose(self, moving: Raster, onto: Grid, resampling: Resampling, out: Output) -> None

    A method reads its input files and leaves one complete, closed file at ``out.path``, replacing any
    existing file: float32, nodata NaN, on the operation's grid, in ``out.layout``.
    """

    def versions(self) -> Mapping[str, str]:
        """Return versions that are known only once the libraries are loaded."""
        return {}

    def hosts(self) -> Hosts | None:
        """Return the processes that work elsewhere; None if all are descendants of this one."""
        return None


class Backend(ABC):
    """A way to do the operations. A backend is stateless; its sessions hold the state."""

    follows_chunk: ClassVar[bool] = True
    """False if the backend ignores the requested chunk size and chooses its own."""

    follows_scheduler: ClassVar[bool] = False
    """True if the backend can work on the workers of ``Resources.scheduler``."""

    @abstractmethod
    def probe(self) -> Availability:
        """Return whether this backend can run here, quickly and without side effects."""

    @abstractmethod
    def open(self, resources: Resources) -> AbstractContextManager[Session]:
        """Start the backend within the limits of ``resources``; leaving the context stops it."""

    def session_class(self) -> type[Session] | None:
        """Return the class of the sessions, whose methods show which operations are supported.

        None if this is known only once a session is open.
        """
        return None

    def unsupported(self, operation: Operation) -> str | None:
        """Return why this backend cannot do ``operation``, or None if it can."""
        return None

    def script(self, operation: Operation, resources: Resources, out: Output) -> Script | None:
        """Return a script that does ``operation`` with the plain library, or None if there is none.

        It does what a session with ``resources`` does, and writes to ``out.path`` in ``out.layout``.
        """
        return None


def why_not(backend: Backend, operation: Operation) -> str | None:
    """Return why ``backend`` cannot do ``operation`` (no method, or a declared gap), or None if it can."""
    session = backend.session_class()
    if session is not None and not hasattr(session, operation.name):
        return no_method(operation)
    return backend.unsupported(operation)


def no_method(operation: Operation) -> str:
    """Return the reason to give if sessions have no method for ``operation``."""
    return f"it has no method {operation.name}"


def perform(session: Session, operation: Operation, out: Output) -> None:
    """Call the method of ``session`` that ``operation`` names.

    Raises
    ------
    Unsupported
        The session has no such method.
    """
    method = getattr(session, operation.name, None)
    if method is None:
        raise Unsupported(no_method(operation))
    method(*operation.values, out)
