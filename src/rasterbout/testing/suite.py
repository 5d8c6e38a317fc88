"""Builds the conformance suite of one backend."""

import pytest

from rasterbout.errors import BadInput
from rasterbout.registry import GROUP, backend_names
from rasterbout.testing.checks.gaps import GapChecks
from rasterbout.testing.checks.layouts import LayoutChecks
from rasterbout.testing.checks.paths import PathChecks
from rasterbout.testing.checks.pixels import PixelChecks
from rasterbout.testing.checks.resources import ResourceChecks
from rasterbout.testing.checks.sessions import SessionChecks


@pytest.mark.filterwarnings(
    # rasterio's remarks on cases without georeference
    "ignore:Dataset has no geotransform",
    "ignore:The given matrix is equal to Affine.identity",
)
class Conformance(PixelChecks, LayoutChecks, PathChecks, ResourceChecks, SessionChecks, GapChecks):
    """Every check of a backend."""


def conformance(name: str) -> type[Conformance]:
    """Return a pytest class with every conformance check of the backend called ``name``.

    Assign it to a name that pytest collects::

        from rasterbout.testing import conformance

        TestWholeRaster = conformance("whole-raster")

    Checks of what the backend declares in `Backend.unsupported` end as expected failures. If the
    backend is unavailable, all skip with its reason, or fail where the environment variable
    RASTERBOUT_REQUIRE, names separated by commas, contains it.

    Raises
    ------
    BadInput
        No installed distribution registers a backend of that name.
    """
    if name not in (names := backend_names()):
        raise BadInput(
            f"no backend '{name}' is registered, only {', '.join(names)}; install the distribution that "
            f"names it in the entry-point group {GROUP}"
        )

    class Suite(Conformance):
        backend_name = name

    Suite.__name__ = Suite.__qualname__ = f"Conformance[{name}]"
    Suite.__doc__ = f"Every check of {name}."
    return Suite
