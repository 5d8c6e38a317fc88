"""Compile functions, and keep the result in the cache folder by the content of their file.

By default numba keeps it by the path of the file, so that each installation compiles the same loops again, which
takes half a minute.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from rasterbout.cache_folder import cache_root


def compiled(function: Callable[..., Any]) -> Any:
    """Decorate a function to be compiled, or loaded from the cache, when it is first needed for some types."""
    config = numba.config
    before = getattr(config, "CACHE_LOCATOR_CLASSES", "")
    if _writable():
        config.CACHE_LOCATOR_CLASSES = f"{__name__}.{ByContent.__name__}"  # numba before 0.62 ignores it
    try:
        return numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    finally:
        config.CACHE_LOCATOR_CLASSES = before


class ByContent:
    """Locates the compiled form of one function, as numba's ``NUMBA_CACHE_LOCATOR_CLASSES`` describes."""

    def __init__(self, function: Callable[..., Any], file: Path) -> None:
        self._digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        self._line = function.__code__.co_firstlineno

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> "ByContent":
        """Return the locator of ``function``, defined in ``file``."""
        return cls(function, Path(file))

    def ensure_cache_path(self) -> None:
        """Create the folder."""
        Path(self.get_cache_path()).mkdir(parents=True, exist_ok=True)

    def get_cache_path(self) -> str:
        """Return the folder of the compiled functions of this file, for this release of numba."""
        return str(_folder() / f"{numba.__version__}-{self._digest}")

    def get_source_stamp(self) -> str:
        """Return what changes when the file does."""
        return self._digest

    def get_disambiguator(self) -> str:
        """Return what distinguishes functions of the same name in the file."""
        return str(self._line)


def _folder() -> Path:
    return cache_root() / "numba"


def _writable() -> bool:
    """Return whether the folder exists or can be made, and can be written."""
    try:
        _folder().mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(_folder(), os.W_OK)
