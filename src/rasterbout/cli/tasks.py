"""The tasks to measure: operations on datasets, or on the user's own files."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from rasterbout.cli.operation_options import scene_of
from rasterbout.contract import Layout
from rasterbout.datasets import load
from rasterbout.errors import BadInput
from rasterbout.operations.build import missing_roles
from rasterbout.operations.fields import fields_of
from rasterbout.operations.registry import operations
from rasterbout.plan import Task
from rasterbout.presets import DatasetChoice
from rasterbout.scene import Scene

FACTOR = 10  # default for the user's own files


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The requested operations, parameters and layouts.

    Attributes
    ----------
    names
        Names of the operations; None for all that the inputs allow.
    parameters
        Values by name; None selects the default of the dataset or the operation.
    layouts
        Layouts of files and results; None selects those of the dataset.
    """

    names: Collection[str] | None
    parameters: Mapping[str, Any]
    layouts: Collection[Layout] | None

    def tasks_on(
        self, scene: Scene, layout: Layout, console: Console, allowed: Collection[str] | None
    ) -> Iterator[Task]:
        """Yield the tasks on one scene, of the ``allowed`` operations (None: all).

        Raises
        ------
        BadInput
            An operation requested by name lacks a parameter, or a parameter has an invalid value.
        """
        for name in scene.possible():
            if name not in (self.names or [name]) or name not in (allowed or [name]):
                continue
            if lacking := scene.lacking(name, self.parameters):
                options = " and ".join(f"--{one.replace('_', '-')}" for one in lacking)
                if self.names is not None:
                    raise BadInput(f"{name} on {scene.name} needs {options}")
                console.print(f"left out: {name} on {scene.name} needs {options}", highlight=False, soft_wrap=True)
                continue
            operation = scene.operation(name, self.parameters)
            yield Task(dataset=scene.name, size=scene.width_for(operation), operation=operation, layout=layout)


def tasks_on_datasets(datasets: Iterable[DatasetChoice], wanted: Wanted, console: Console) -> list[Task]:
    """Return the tasks on each dataset, in each of its layouts.

    Raises
    ------
    BadInput
        A required dataset is not available.
    """
    tasks: list[Task] = []
    for one, layout in [(choice, layout) for choice in datasets for layout in wanted.layouts or choice.layouts]:
        stored = f"{layout.blocks}, {layout.compression}"
        console.print(f"preparing {one.name} {one.size or ''} ({stored})".replace("  ", " "), highlight=False)
        try:
            scene = load(one.name, size=one.size, layout=layout)
            found = wanted.tasks_on(scene, layout, console, one.operations)
            tasks += [replace(task, workers=one.workers) for task in found]
        except BadInput as error:
            if not one.optional:
                raise
            console.print(f"left out: {error}", highlight=False, markup=False, soft_wrap=True)
    return tasks


def tasks_on_files(files: Mapping[str, Path], bands: Mapping[str, int], wanted: Wanted, console: Console) -> list[Task]:
    """Return the tasks that the user's own files (by role) allow.

    Raises
    ------
    BadInput
        A file lacks its counterpart, cannot be read, or does not fit the others.
    """
    _require_counterparts(files)
    usual = Wanted(names=wanted.names, parameters=_with_factor(wanted.parameters), layouts=wanted.layouts)
    scene = scene_of(files, bands)
    layouts = wanted.layouts or (Layout(),)
    return [task for layout in layouts for task in usual.tasks_on(scene, layout, console, None)]


def _with_factor(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {**parameters, "factor": FACTOR if parameters.get("factor") is None else parameters["factor"]}


def _require_counterparts(files: Mapping[str, Path]) -> None:
    """Check that for each file there is an operation whose other inputs are given too."""
    for role in files:
        users = [one for one in operations().values() if role in (field.role for field in fields_of(one))]
        missing = [missing_roles(one, files) for one in users]
        if all(missing):
            fewest = min(range(len(users)), key=lambda number: len(missing[number]))
            options = " and ".join(f"--{name.replace('_', '-')}" for name in missing[fewest])
            raise BadInput(f"--{role} is not enough for {users[fewest].name}: name {options} too")
