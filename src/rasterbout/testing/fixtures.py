"""The fixtures that all checks of one backend share."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import ClassVar

import pytest

from rasterbout.contract import Backend, Session
from rasterbout.resources import Resources
from rasterbout.testing.availability import available
from rasterbout.testing.made import Made

SMALL_PIECES = Resources(workers=2, chunk=50)
"""A chunk that divides no raster of the cases, so that every result is assembled from several pieces."""

ALL_RESOURCES = {
    "auto": Resources(),
    "chunk-16": Resources(workers=2, chunk=16),
    "chunk-37": Resources(workers=1, threads_per_worker=2, chunk=37),
    "chunk-64": Resources(workers=3, chunk=64, memory_limit=6 << 30),
    "chunk-larger-than-all": Resources(workers=2, threads_per_worker=2, chunk=5000),
}


class BackendFixtures:
    """Fixtures of class scope: a cluster or a helper process starts once and serves all checks of a class.

    They are class methods because pytest deprecates fixtures of class scope that are instance methods.
    """

    backend_name: ClassVar[str]

    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls) -> Backend:
        """Return the backend under test; skip if it is unavailable."""
        return available(cls.backend_name)

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, backend: Backend) -> Iterator[Session]:
        """Open a session that works in small pieces."""
        with backend.open(SMALL_PIECES) as session:
            yield session

    @pytest.fixture(scope="class")
    @classmethod
    def sessions(cls, backend: Backend) -> Iterator[dict[str, Session]]:
        """Open one session for each of the resources, all at once."""
        with ExitStack() as stack:
            yield {name: stack.enter_context(backend.open(resources)) for name, resources in ALL_RESOURCES.items()}

    @pytest.fixture(scope="class")
    @classmethod
    def made(cls, tmp_path_factory: pytest.TempPathFactory) -> Made:
        """Return what writes the rasters of a case when a check first asks for them."""
        return Made(tmp_path_factory.mktemp("rasters"))
