"""Turn the options of ``rasterbout run`` into the cases to measure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console

from rasterbout.case import Cache, Case
from rasterbout.cli.operation_options import taken_from
from rasterbout.cli.tasks import Wanted, tasks_on_datasets, tasks_on_files
from rasterbout.contract import Layout
from rasterbout.datasets import of_any_size
from rasterbout.errors import BadInput
from rasterbout.measure.cores import available_cores
from rasterbout.plan import Axes, Task, cases, yardsticks
from rasterbout.presets import DatasetChoice, Preset, grown
from rasterbout.registry import backend_names, load_backend


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The user's choice of what to measure; None and empty values select the preset's.

    Attributes
    ----------
    files, bands
        The user's own files, and the band numbers in them, by role.
    """

    wanted: Wanted
    backends: tuple[str, ...] | None
    dataset: tuple[str, ...] | None
    size: tuple[int, ...] | None
    chunks: tuple[int | None, ...] | None
    workers: tuple[int, ...] | None
    oversubscribe: bool
    memory_limit: int | None
    cache: Cache
    scheduler: str | None = None
    files: Mapping[str, Path]
    bands: Mapping[str, int]

    def cases(self, preset: Preset, console: Console) -> list[Case]:
        """Return the cases; print the datasets that are prepared or left out to ``console``.

        Raises
        ------
        BadInput
            A backend, dataset or file does not exist or is not available, or the options do not fit together.
        """
        for name in self.backends or ():
            load_backend(name)  # report an unknown name before making a dataset
        axes = Axes(
            chunks=self.chunks or preset.chunks,
            workers=self._workers(preset),
            memory_limit=self.memory_limit,
            cache=self.cache,
            scheduler=self.scheduler or "",
            scheduled=self.workers or preset.workers,
        )
        backends = self.backends or backend_names()
        workers = {number for backend in backends for number in axes.workers_of(backend)}
        tasks = self._tasks(preset, workers, console)
        if not tasks:
            asked = (
                f"{', '.join(self.wanted.names)} cannot be done" if self.wanted.names else "no operation is possible"
            )
            raise BadInput(f"nothing to measure: {asked} on these inputs")
        planned = cases(tasks, backends, axes)
        if self.backends is None:
            planned += yardsticks(tasks, preset.yardsticks, axes)
        return planned

    def _workers(self, preset: Preset) -> Sequence[int]:
        cores = available_cores()
        if self.workers is None:
            return sorted({min(count, cores) for count in preset.workers})
        if max(self.workers) > cores and not self.oversubscribe:
            if self.scheduler:
                return sorted({min(count, cores) for count in self.workers})  # more are elsewhere
            raise BadInput(
                f"--workers {max(self.workers)}: this process may use {cores} cores (its affinity and CPU quota); "
                f"choose {cores} or fewer, or add --oversubscribe to measure more workers than cores"
            )
        return self.workers

    def _tasks(self, preset: Preset, workers: Collection[int], console: Console) -> list[Task]:
        if self.files:
            return tasks_on_files(self.files, self.bands, self.wanted, console)
        datasets = self._datasets(preset)
        if preset.weak:
            datasets = [each for one in datasets for each in grown(one, workers)]
        return tasks_on_datasets(datasets, self.wanted, console)

    def _datasets(self, preset: Preset) -> list[DatasetChoice]:
        chosen = list(preset.datasets)
        if self.dataset:  # a dataset requested by name is required
            named = (
                next((one for one in chosen if one.name == name), DatasetChoice(name=name)) for name in self.dataset
            )
            chosen = [replace(one, optional=False, operations=None) for one in named]
        if self.size is None:
            return chosen
        if not any(one.name in of_any_size() for one in chosen):
            raise BadInput(
                f"--size {', '.join(map(str, self.size))} is for {' and '.join(of_any_size())}; "
                "add one to --dataset or leave the size out"
            )
        sized = (
            [replace(one, size=size) for size in self.size] if one.name in of_any_size() else [one] for one in chosen
        )
        return list(dict.fromkeys(one for several in sized for one in several))


def choice(options: dict[str, Any]) -> Choice:
    """Return the choice given by the command line options."""
    layout, compress, names = (options.pop(name) for name in ("layout", "compress", "operations"))
    files, bands, parameters = taken_from(options)
    layouts = None
    if layout or compress:
        usual = Layout()
        pairs = product(layout or (usual.blocks,), compress or (usual.compression,))
        layouts = tuple(Layout(blocks=blocks, compression=how) for blocks, how in pairs)
    wanted = Wanted(names=names, parameters=parameters, layouts=layouts)
    return Choice(wanted=wanted, files=files, bands=bands, **options)
