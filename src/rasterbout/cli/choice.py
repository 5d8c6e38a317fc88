"""From the options of ``rasterbout run`` to the cases that are measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console

from rasterbout.case import Cache, Case
from rasterbout.cli.tasks import OwnFiles, tasks_on_datasets, tasks_on_files
from rasterbout.contract import Layout
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
    size: int | None
    factor: int | None
    resampling: str
    chunks: tuple[int | None, ...] | None
    workers: tuple[int, ...] | None
    oversubscribe: bool
    memory_limit: int | None
    layout: Layout
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
            layout=self.layout,
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
            return tasks_on_files(self.own, self.operations, self.factor, resampling)
        datasets = self._datasets(preset)
        return tasks_on_datasets(datasets, self.operations, self.factor, resampling, self.layout, console)

    def _datasets(self, preset: Preset) -> list[Measured]:
        known = {measured.name: measured for measured in preset.datasets}
        wanted = list(known.values())
        if self.dataset:  # what was asked for by name must be there
            named = (known.get(name, Measured(name=name)) for name in self.dataset)
            wanted = [replace(measured, optional=False, operations=OPERATIONS) for measured in named]
        if self.size is None:
            return wanted
        if not any(measured.name == "s2-tile" for measured in wanted):
            raise BadInput(f"--size {self.size} is for s2-tile; add it to --dataset or leave the size out")
        return [replace(one, size=self.size) if one.name == "s2-tile" else one for one in wanted]


def choice(*, layout: str, compress: str, options: dict[str, Any]) -> Choice:
    """Return the choice that the options of the command line make."""
    own = {name: options.pop(name) for name in OwnFiles.__dataclass_fields__}
    stored = Layout(blocks=layout, compression=compress)  # type: ignore[arg-type]
    return Choice(layout=stored, own=OwnFiles(**own), **options)
