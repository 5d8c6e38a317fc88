"""Open sessions: a cluster or a helper process is started once, and shared by all cases."""

from collections.abc import Iterator

import pytest

from backends_here import SMALL_PIECES, available
from rasterbout.contract import Backend, Session


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> Backend:
    """The backend of this test; skips where it is not available."""
    return available(request.param)


@pytest.fixture(scope="session")
def session(backend: Backend) -> Iterator[Session]:
    """An open session that works in small pieces."""
    with backend.open(SMALL_PIECES) as session:
        yield session
