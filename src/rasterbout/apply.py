"""Perform one operation and leave either a complete, usable file at the requested path or nothing."""

import glob
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rasterbout.contract import Backend, Layout, Output, Session, no_method, perform, why_not
from rasterbout.errors import BackendFailed, BackendUnavailable, BadInput, RasterboutError, Unsupported
from rasterbout.operations.operation import Operation
from rasterbout.resources import MIB, Resources
from rasterbout.verify import require_usable


def apply(  # noqa: PLR0913, PLR0917  the arguments are unrelated
    name: str, backend: Backend, operation: Operation, path: Path, resources: Resources, layout: Layout
) -> None:
    """Perform ``operation`` with ``backend``, known to the user as ``name``, and write its output to ``path``.

    Raises
    ------
    BadInput
        ``path`` is one of the inputs, its folder is not writable, or the backend is unavailable or
        cannot do the operation.
    BackendFailed
        The backend left no usable file; ``path`` is unchanged.
    """
    found = backend.probe()
    if not found.available:
        raise BackendUnavailable(f"{name} is not available: {found.reason}; {found.remedy}")
    if reason := why_not(backend, operation):
        raise Unsupported(_cannot(name, operation, reason))
    require_no_input(path, (raster.path for raster in operation.inputs))
    with _written_beside(path) as unfinished:
        try:
            with backend.open(resources) as session:
                _require_method(name, session, operation)
                perform(session, operation, Output(path=unfinished, layout=layout))
            require_usable(operation, unfinished, layout)
        except BadInput:
            raise
        except Exception as error:  # a backend's libraries may raise anything
            hint = _hint(path)
            if isinstance(error, RasterboutError) and not hint:
                raise  # the message is one line already
            raise BackendFailed(f"{name} failed: {_reason(error)}{hint}") from error


def require_no_input(path: Path, inputs: Iterable[Path]) -> None:
    """Refuse ``path`` if it is one of ``inputs``, under any spelling or link.

    Raises
    ------
    BadInput
        ``path`` is one of them.
    """
    for file in inputs:
        with suppress(OSError):  # missing files are refused elsewhere
            if path.samefile(file):
                raise BadInput(f"{path}: is an input of this operation; write to another file")


def _require_method(name: str, session: Session, operation: Operation) -> None:
    if not hasattr(session, operation.name):
        raise Unsupported(_cannot(name, operation, no_method(operation)))


def _cannot(name: str, operation: Operation, reason: str) -> str:
    return f"{name} cannot do this {operation.name}: {reason}; choose another backend"


def _reason(error: BaseException) -> str:
    """Return the root cause of ``error``, without the messages that libraries wrap around it."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error) if isinstance(error, RasterboutError) else f"{type(error).__name__}: {error}"


def _hint(path: Path) -> str:
    free_bytes = shutil.disk_usage(path.absolute().parent).free
    return f"; {path.absolute().parent} has no space left: free some, or write elsewhere" if free_bytes < MIB else ""


@contextmanager
def _written_beside(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside ``path``; rename it to ``path`` on success, remove it on failure."""
    target = path.absolute()
    _require_writable(target)
    unfinished = target.with_name(f".rasterbout-{uuid.uuid4().hex[:8]}.tif")
    try:
        yield unfinished
        unfinished.replace(target)
    finally:
        for leftover in target.parent.glob(f"{glob.escape(unfinished.name)}*"):  # .aux.xml and the like
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)


def _require_writable(target: Path) -> None:
    """Check by creating a file: permission bits do not show a read-only mount."""
    probe = target.parent / f".rasterbout-{uuid.uuid4().hex[:8]}"
    try:
        if target.is_dir():
            raise BadInput(f"{target}: is a folder; name a file in it")
        if not target.parent.is_dir():
            raise BadInput(f"{target}: folder {target.parent} does not exist; create it first")
        target.exists()  # raises if the name is too long
        try:
            probe.touch(exist_ok=False)
        finally:  # also on Ctrl-C
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"{target}: cannot be written ({error.strerror}); choose another file or folder") from error
