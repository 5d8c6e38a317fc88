"""Versions of Python libraries, read from the metadata of their installation without importing them."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version

from rasterbout.contract import Availability
from rasterbout.errors import BackendUnavailable


def availability(*libraries: str) -> Availability:
    """Return whether all ``libraries`` are installed, and their versions.

    Parameters
    ----------
    libraries
        Names of distributions, as ``pip install`` takes them.
    """
    found = {library: _installed(library) for library in libraries}
    missing = [library for library, number in found.items() if not number]
    if missing:
        reason = f"{', '.join(missing)} not installed"
        return Availability(available=False, reason=reason, remedy=f"pip install {' '.join(missing)}")
    return Availability(available=True, versions=found)


def _installed(library: str) -> str:
    """Return the version of an installed library, an empty string if it is not installed completely."""
    try:
        return version(library) or ""  # None if its metadata were removed in part
    except (PackageNotFoundError, KeyError):
        return ""


@contextmanager
def importing() -> Iterator[None]:
    """Convert the failure of an import in this context: of a library that is installed but broken, for example.

    Raises
    ------
    BackendUnavailable
        An import failed.
    """
    try:
        yield
    except ImportError as error:
        raise BackendUnavailable(f"a library cannot be imported ({error}); install it again") from error
