"""Fixtures and hooks of all tests."""

import os
import signal
from pathlib import Path

import pytest

from rasterbout.testing.made import Made


def pytest_configure(config: pytest.Config) -> None:
    """Leave other libraries' own deprecations to them, and let what the tests start be stopped."""
    # A shell starts what it puts into the background with Ctrl-C ignored, and who ignores it hands that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["RASTERBOUT_HISTORY"] = "off"  # the user's own is not for tests
    for library in ("odc", "rasterio", "rioxarray"):
        config.addinivalue_line("filterwarnings", f"ignore:Use `@` matmul:PendingDeprecationWarning:{library}")


QUICK = Path(__file__).parent / "quick"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep the benchmarks out of the tests, and the tests out of ``pytest --benchmark-only``."""
    is_quick = collection_path == QUICK or QUICK in collection_path.parents
    only_quick = config.getoption("benchmark_only", default=False)
    if collection_path.is_dir() and collection_path != QUICK:
        return None
    return True if is_quick != bool(only_quick) else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests of asv as slow too, so that ``-m 'not slow'`` leaves them out."""
    if item.get_closest_marker("asv"):
        item.add_marker("slow")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Writes the rasters of a case when a test first asks for them."""
    return Made(tmp_path_factory.mktemp("rasters"))
