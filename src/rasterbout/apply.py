"""Do one operation and leave either a whole, usable file under the asked name, or nothing."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rasterbout.contract import Layout, Output, Session, perform
from rasterbout.errors import BadInput
from rasterbout.operation import Operation
from rasterbout.verify import require_usable


def apply(session: Session, operation: Operation, path: Path, layout: Layout) -> None:
    """Perform ``operation`` and put its output at ``path``.

    Raises
    ------
    BadInput
        ``path`` is one of the inputs, or its folder cannot be written.
    BackendFailed
        The backend left no usable file; ``path`` is as it was before.
    """
    with written_beside(path, operation) as unfinished:
        perform(session, operation, Output(path=unfinished, layout=layout))
        require_usable(operation, unfinished, layout)


@contextmanager
def written_beside(path: Path, operation: Operation) -> Iterator[Path]:
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
        raise BadInput(f"{target}: cannot write into {target.parent} ({error.strerror}); choose another folder") from error


def _require_no_input(target: Path, operation: Operation) -> None:
    for raster in operation.inputs:
        if target.exists() and os.path.samefile(target, raster.path):
            raise BadInput(f"{target}: is an input of this operation; write to another file")
