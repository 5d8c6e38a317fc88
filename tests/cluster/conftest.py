"""A SLURM of two nodes on this machine; see tools/test_cluster.sh."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools/test_cluster.sh"


def tool(*words: str) -> subprocess.CompletedProcess[str]:
    """Call the tool, whose errors are those of the test."""
    done = subprocess.run([TOOL, *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("cluster")
            item.add_marker("slow")


@pytest.fixture(scope="session")
def _cluster() -> Iterator[str]:
    """Two hosts, and the path of ``slurm.conf``."""
    started = tool("start")
    yield started.stdout.strip().partition("SLURM_CONF=")[2]
    tool("stop")


@pytest.fixture
def slurm(_cluster: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let SLURM's commands use the cluster; no job is left after a test."""
    monkeypatch.setenv("SLURM_CONF", _cluster)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
    yield
    subprocess.run(["scancel", "--user", "root"], check=False)
