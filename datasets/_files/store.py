"""The cache folder: datasets are made once, verified on every use, and remade when damaged."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from rasterbout.datasets._files import manifest
from rasterbout.errors import BadInput

log = logging.getLogger("rasterbout")


def cache_root() -> Path:
    """Return ``$RASTERBOUT_CACHE``, or ``rasterbout`` in the user's cache folder; it may not exist yet."""
    chosen = os.environ.get("RASTERBOUT_CACHE")
    return Path(chosen).expanduser().absolute() if chosen else user_cache_path("rasterbout")


def made_once(key: str, build: Callable[[Path], None]) -> Path:
    """Return the folder of the dataset ``key``, complete and verified; ``build`` makes it where it is not.

    Parameters
    ----------
    key
        Name of the folder; all that decides the files' bytes must be in it.
    build
        Writes the files into the empty folder it is given.

    Raises
    ------
    BadInput
        The cache folder cannot be written, or has no space left.
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
                    return folder  # another process made it while this one waited
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
    """Return where ``folder`` is made; one name is enough, since makers hold the lock."""
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
