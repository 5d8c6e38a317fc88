"""Datasets in the cache folder: made once, verified on every use, and made again if damaged."""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from rasterbout.cache_folder import cache_root
from rasterbout.datasets._files import manifest
from rasterbout.errors import BadInput

log = logging.getLogger("rasterbout")


def made_once(key: str, build: Callable[[Path], None]) -> Path:
    """Return the folder of the dataset ``key``, complete and verified; ``build`` makes its files if necessary.

    Parameters
    ----------
    key
        Name of the folder; it must contain everything that the bytes of the files depend on.
    build
        Called with an empty folder, into which it writes the files.

    Raises
    ------
    BadInput
        The cache folder cannot be written, or its disk is full.
    """
    folder = cache_root() / "datasets" / key
    if manifest.damage(folder) is None:
        return folder  # without the lock, so that a read-only cache can be shared
    with _advice_for(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{key}.lock"):
            _remove(_part(folder))
            if folder.exists():
                damage = manifest.damage(folder)
                if damage is None:
                    return folder  # another process made it while this one waited for the lock
                log.warning("%s; making the dataset again", damage)
                _remove(folder)
            _make(folder, build)
    return folder


def _make(folder: Path, build: Callable[[Path], None]) -> None:
    part = _part(folder)
    part.mkdir()
    try:
        build(part)
        manifest.write(part)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _part(folder: Path) -> Path:
    """Return the folder in which the files of ``folder`` are made; the lock allows one process at a time."""
    return folder.with_name(f".{folder.name}.part")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _advice_for(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"{folder}: a dataset cannot be written there ({error.strerror or error}); make room, "
            "or set RASTERBOUT_CACHE to a folder that you can write"
        ) from error
