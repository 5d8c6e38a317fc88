"""The quick suite of pytest-benchmark: every operation by every backend that is here, on a small tile.

Run with ``pytest --benchmark-only``; an ordinary run of the tests leaves it out.
"""

from contextlib import contextmanager

import pytest

from rasterbout.contract import Output, perform, why_not
from rasterbout.datasets import load
from rasterbout.operations.registry import operations
from rasterbout.presets import preset
from rasterbout.registry import backend_names, load_backend
from rasterbout.resources import Resources
from rasterbout.verify import require_usable, verify

PRESET = preset("smoke")
ROUNDS = 5
SIZE = next(measured.size for measured in PRESET.datasets if measured.name == "s2-tile")


@pytest.fixture(scope="module")
def scene():
    return load("s2-tile", size=SIZE)


@contextmanager
def opened(name, operation):
    backend = load_backend(name)
    found = backend.probe()
    if not found.available:
        pytest.skip(f"{found.reason}; {found.remedy}")
    if reason := why_not(backend, operation):
        pytest.skip(reason)
    with backend.open(Resources(workers=PRESET.workers[0], chunk=PRESET.chunks[0])) as session:
        yield session


@pytest.mark.parametrize("backend", backend_names())
@pytest.mark.parametrize("operation", operations())
def test_operation(benchmark, scene, operation, backend, tmp_path):
    benchmark.group = operation
    work = scene.operation(operation)
    outs = [Output(path=tmp_path / f"output-{number}.tif") for number in range(ROUNDS + 1)]
    unused = iter(outs)
    with opened(backend, work) as session:
        benchmark.pedantic(
            perform, setup=lambda: ((session, work, next(unused)), {}), rounds=ROUNDS, warmup_rounds=1, iterations=1
        )
    for out in outs:  # each counts
        require_usable(work, out.path, out.layout)
        assert verify(work, out.path).right
