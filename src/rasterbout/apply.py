"""Do one operation and leave either a whole, usable file under the asked name, or nothing."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rasterbout.contract import Backend, Layout, Output, perform
from rasterbout.errors import BackendFailed, BackendUnavailable, BadInput, RasterboutError, Unsupported
from rasterbout.operation import Operation
from rasterbout.resources import Resources
from rasterbout.verify import require_usable


def apply(backend: Backend, operation: Operation, path: Path, resources: Resources, layout: Layout) -> None:
    """Perform ``operation`` and put its output at ``path``.

    Raises
    ------
    BadInput
        ``path`` is one of the inputs, or its folder cannot be written; or the backend is unavailable
        or cannot do the operation.
    BackendFailed
        The backend left no usable file; ``path`` is as it was before.
    """
    found = backend.probe()
    if not found.available:
        raise BackendUnavailable(f"{_name(backend)} is not available: {found.reason}; {found.remedy}")
    if reason := backend.unsupported(operation):
        raise Unsupported(f"{_name(backend)} cannot do this {operation.name}: {reason}; choose another backend")
    with _written_beside(path, operation) as unfinished:
        try:
            with backend.open(resources) as session:
                perform(session, operation, Output(path=unfinished, layout=layout))
        except RasterboutError:
            raise
        except Exception as error:  # what a backend's libraries raise, whichever they are
            raise BackendFailed(f"{_name(backend)} failed: {type(error).__name__}: {error}") from error
        require_usable(operation, unfinished, layout)


def _name(backend: Backend) -> str:
    return type(backend).__module__.rpartition(".")[-1].replace("_", "-")


@contextmanager
def _written_beside(path: Path, operation: Operation) -> Iterator[Path]:
    """Yield a name in the folder of ``path`` to write to; rename it to ``path`` if all went well, else remove it."""
    target = path.absolute()
    _require_writable(target)
    _require_no_input(target, operation)
    unfinished = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:8]}.part.tif")
    try:
        yield unfinished
        unfinished.replace(target)
    finally:
        for leftover in target.parent.glob(f"{unfinished.name}*"):  # GDAL may leave .aux.xml and the like
            leftover.unlink(missing_ok=True)


def _require_writable(target: Path) -> None:
    if target.is_dir():
        raise BadInput(f"{target}: is a folder; name a file in it")
    if not target.parent.is_dir():
        raise BadInput(f"{target}: there is no folder {target.parent}; make it first")
    probe = target.parent / f".rasterbout-{uuid.uuid4().hex[:8]}"
    try:
        probe.touch(exist_ok=False)  # asks the file system itself: a read-only mount refuses root too
        probe.unlink()
    except OSError as error:
        raise BadInput(
            f"{target}: cannot write into {target.parent} ({error.strerror}); choose another folder"
        ) from error


def _require_no_input(target: Path, operation: Operation) -> None:
    for raster in operation.inputs:
        if target.exists() and target.samefile(raster.path):
            raise BadInput(f"{target}: is an input of this operation; write to another file")
