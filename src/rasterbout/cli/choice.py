"""From the options of ``rasterbout run`` to the cases that are measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from rich.console import Console

from rasterbout.case import Cache, Case
from rasterbout.cli.tasks import OwnFiles, tasks_on_datasets, tasks_on_files
from rasterbout.contract import Layout
from rasterbout.datasets import OF_ANY_SIZE
from rasterbout.errors import BadInput
from rasterbout.measure.cores import available_cores
from rasterbout.operation import OPERATIONS, Resampling
from rasterbout.plan import Axes, Task, cases, yardsticks
from rasterbout.presets import Measured, Preset
from rasterbout.registry import backend_names, load_backend


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the user chose to measure; None and empty leave the choice to the preset."""

    operations: tuple[str, ...]
    backends: tuple[str, ...] | None
    dataset: tuple[str, ...] | None
    size: tuple[int, ...] | None
    factor: int | None
    resampling: str
    chunks: tuple[int | None, ...] | None
    workers: tuple[int, ...] | None
    oversubscribe: bool
    memory_limit: int | None
    layouts: tuple[Layout, ...] | None
    cache: Cache
    own: OwnFiles

    def cases(self, preset: Preset, console: Console) -> list[Case]:
        """Return the cases; tell on ``console`` of datasets that are made or left out.

        Raises
        ------
        BadInput
            Something does not exist, cannot be had, or does not fit.
        """
        for name in self.backends or ():
            load_backend(name)  # an unknown name must not cost the time to make a dataset
        axes = Axes(
            chunks=self.chunks or preset.chunks,
            workers=self._workers(preset),
            memory_limit=self.memory_limit,
            cache=self.cache,
        )
        tasks = self._tasks(preset, console)
        if not tasks:
            raise BadInput(f"nothing to measure: {', '.join(self.operations)} cannot be done on what was named")
        planned = cases(tasks, self.backends or backend_names(), axes)
        if self.backends is None:
            planned += yardsticks(tasks, preset.yardsticks, axes)
        return planned

    def _workers(self, preset: Preset) -> Sequence[int]:
        cores = available_cores()
        if self.workers is None:
            return sorted({min(count, cores) for count in preset.workers})
        if max(self.workers) > cores and not self.oversubscribe:
            raise BadInput(
                f"--workers {max(self.workers)}: this process may use {cores} cores (its affinity and CPU quota); "
                f"choose {cores} or fewer, or add --oversubscribe to measure more workers than cores"
            )
        return self.workers

    def _tasks(self, preset: Preset, console: Console) -> list[Task]:
        resampling = Resampling(self.resampling)
        if self.own.named:
            return tasks_on_files(self.own, self.operations, self.factor, resampling, self.layouts)
        datasets = self._datasets(preset)
        return tasks_on_datasets(datasets, self.operations, self.factor, resampling, self.layouts, console)

    def _datasets(self, preset: Preset) -> list[Measured]:
        wanted = list(preset.datasets)
        if self.dataset:  # what was asked for by name must be there
            named = (next((one for one in wanted if one.name == name), Measured(name=name)) for name in self.dataset)
            wanted = [replace(measured, optional=False, operations=OPERATIONS) for measured in named]
        if self.size is None:
            return wanted
        if not any(measured.name in OF_ANY_SIZE for measured in wanted):
            raise BadInput(
                f"--size {', '.join(map(str, self.size))} is for {' and '.join(OF_ANY_SIZE)}; "
                "add one to --dataset or leave the size out"
            )
        sized = (
            [replace(one, size=size) for size in self.size] if one.name in OF_ANY_SIZE else [one] for one in wanted
        )
        return list(dict.fromkeys(measured for several in sized for measured in several))


def choice(options: dict[str, Any]) -> Choice:
    """Return the choice that the options of the command line make."""
    layout, compress = options.pop("layout"), options.pop("compress")
    own = {name: options.pop(name) for name in OwnFiles.__dataclass_fields__}
    layouts = None
    if layout or compress:
        usual = Layout()
        pairs = product(layout or (usual.blocks,), compress or (usual.compression,))
        layouts = tuple(Layout(blocks=blocks, compression=how) for blocks, how in pairs)
    return Choice(layouts=layouts, own=OwnFiles(**own), **options)
