"""From what is asked for to the list of cases."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from rasterbout.case import Case
from rasterbout.contract import Layout
from rasterbout.errors import BackendUnavailable
from rasterbout.operation import Operation
from rasterbout.registry import load_backend
from rasterbout.resources import Resources

Task = tuple[str, int, Operation]
"""Name and size of a dataset, and what is done on it."""


def cases(
    tasks: Iterable[Task], backends: Sequence[str], chunks: Sequence[int | None], workers: Sequence[int], layout: Layout
) -> list[Case]:
    """Return every combination, each once: a backend that chooses its own chunks has no chunk axis."""
    every = (
        Case(
            operation=operation,
            backend=backend,
            dataset=dataset,
            size=size,
            resources=Resources(workers=number, chunk=chunk if _follows_chunk(backend) else None),
            layout=layout,
        )
        for (dataset, size, operation), backend, chunk, number in product(tasks, backends, chunks, workers)
    )
    return list({case.key: case for case in every}.values())


def yardsticks(
    tasks: Iterable[Task], names: Sequence[str], chunks: Sequence[int | None], workers: Sequence[int], layout: Layout
) -> Iterator[Case]:
    """Yield the commands typed by hand, for the operations that they do."""
    for case in cases(tasks, names, chunks, workers, layout):
        if load_backend(case.backend).unsupported(case.operation) is None:
            yield case


def _follows_chunk(backend: str) -> bool:
    try:
        return load_backend(backend).follows_chunk
    except BackendUnavailable:
        return True
