"""What the benchmarks of all operations share: parameters, open sessions, supervised processes.

Sizes and axes are those of a preset, see `rasterbout.presets`. asv runs every combination of parameters
in a process of its own, and calls setup and teardown around each sample.
"""

import os
import platform
import tempfile
from abc import ABC, abstractmethod
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from rasterbout.case import Case
from rasterbout.contract import Output, perform, why_not
from rasterbout.datasets import load
from rasterbout.errors import BackendUnavailable, RasterboutError
from rasterbout.measure.once import Effort, Place, measuring
from rasterbout.operations.operation import Operation
from rasterbout.presets import preset
from rasterbout.registry import backend_names, load_backend
from rasterbout.resources import Resources
from rasterbout.verify import require_usable, verify

DATASET = "s2-tile"
PRESET = preset(os.environ.get("RASTERBOUT_PRESET", "quick"))
SIZE = next(measured.size for measured in PRESET.datasets if measured.name == DATASET and measured.size)

UNAVAILABLE = Path(__file__).parents[1] / ".asv" / "results" / "unavailable.txt"
"""File of the reasons why backends show as n/a, beside asv's results, which hold none."""

Facts = dict[str, Any]


def operation_of(name: str, size: int) -> Operation:
    """Return the operation ``name`` on the generated tile, which is made if it is missing."""
    return load(DATASET, size=size).operation(name)


def resources_of(chunk: int | str, workers: int) -> Resources:
    """Return the resources for a combination of parameters."""
    return Resources(workers=workers, chunk=None if chunk == "auto" else int(chunk))


def require_able(backend: str, operation: Operation) -> None:
    """Skip combinations that cannot run here: asv shows n/a, and the reason is written to `UNAVAILABLE`.

    Raises
    ------
    NotImplementedError
        The backend is not available, or does not support the operation.
    """
    if reason := _why_not(backend, operation):
        line = f"{platform.node()}: {backend}: {operation.name}: {reason}\n"
        if UNAVAILABLE.parent.is_dir() and not (UNAVAILABLE.exists() and line in UNAVAILABLE.read_text("utf-8")):
            with UNAVAILABLE.open("a", encoding="utf-8") as file:
                file.write(line)
        raise NotImplementedError(line)


def _why_not(backend: str, operation: Operation) -> str | None:
    try:
        found = load_backend(backend).probe()
    except BackendUnavailable as error:
        return str(error)
    return why_not(load_backend(backend), operation) if found.available else f"{found.reason}; {found.remedy}"


def measure_once(backend: str, operation: Operation, resources: Resources) -> Facts:
    """Return the fields of the record of one supervised process.

    Raises
    ------
    RasterboutError
        The process failed, or its pixels are wrong.
    """
    size = operation.inputs[0].grid.width
    case = Case(operation=operation, backend=backend, dataset=DATASET, size=size, resources=resources)
    effort = Effort(repeats=1, timeout_s=PRESET.timeout_s)
    with (
        tempfile.TemporaryDirectory() as folder,
        measuring([case], effort, Place(scratch=Path(folder) / "scratch")) as process,
    ):
        facts = process.until_it_ends()
    if facts["status"] != "ok":
        raise RasterboutError(f"{backend} {operation.name}: {facts['status']}: {facts['reason']}")
    return facts


class Benchmarks(ABC):
    """One operation with every backend, chunk size and number of workers.

    The size of the tile is a parameter too, so that a graph never mixes sizes.
    """

    params: ClassVar = (
        backend_names(),
        ["auto" if chunk is None else chunk for chunk in PRESET.chunks],
        list(PRESET.workers),
        [SIZE],
    )
    param_names: ClassVar = ["backend", "chunk", "workers", "size"]
    timeout = PRESET.timeout_s
    rounds = 2
    number = 1
    repeat = (1, 5, 10.0)
    warmup_time = 0  # the first, untimed run is in `setup`

    @property
    @abstractmethod
    def operation(self) -> str:
        """Name of the operation; asv ignores classes without it."""

    def setup(self, backend: str, chunk: int | str, workers: int, size: int) -> None:
        """Make the data, and skip backends that cannot run here."""
        self._operation = operation_of(self.operation, size)
        require_able(backend, self._operation)
        self._resources = resources_of(chunk, workers)


class Time(Benchmarks):
    """Time of the operation alone, in a warm session; wrong pixels are a failure."""

    def setup(self, backend: str, chunk: int | str, workers: int, size: int) -> None:
        """Open a session, and perform the operation once."""
        super().setup(backend, chunk, workers, size)
        with ExitStack() as opened:
            folder = opened.enter_context(tempfile.TemporaryDirectory())
            self._out = Output(path=Path(folder) / "output.tif")
            self._session = opened.enter_context(load_backend(backend).open(self._resources))
            self.do()
            self._opened = opened.pop_all()

    def do(self, *_: object) -> None:
        """Perform the operation."""
        perform(self._session, self._operation, self._out)

    def teardown(self, *_: object) -> None:
        """Verify the pixels, and close the session."""
        if not hasattr(self, "_opened"):  # skipped
            return
        with self._opened:
            require_usable(self._operation, self._out.path, self._out.layout)
            verdict = verify(self._operation, self._out.path)
            if not verdict.right:
                raise RasterboutError(verdict.problem)


class Track(Benchmarks):
    """The measures of `rasterbout run`, taken in a supervised process."""

    def measure(self, backend: str) -> Facts:
        """Return the fields of the record."""
        return measure_once(backend, self._operation, self._resources)
