"""What all tests share: the made cases."""

import pytest

from awkward import Made


def pytest_configure(config: pytest.Config) -> None:
    """Leave other libraries' own deprecations to them."""
    for library in ("odc", "rioxarray"):
        config.addinivalue_line("filterwarnings", f"ignore:Use `@` matmul:PendingDeprecationWarning:{library}")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Makes the rasters of a case when they are first needed, once in a session."""
    return Made(tmp_path_factory.mktemp("rasters"))
