"""What is measured: the operations on catalogued datasets, or on the user's own files."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from rasterbout.contract import Layout
from rasterbout.datasets import load
from rasterbout.errors import BadInput
from rasterbout.header import read_header
from rasterbout.operation import Downscale, MeanNdvi, Ndvi, Operation, Resampling, Superimpose
from rasterbout.plan import Task
from rasterbout.presets import Measured
from rasterbout.raster import Band


@dataclass(frozen=True, kw_only=True)
class OwnFiles:
    """Files that the user named; an operation is measured where all that it reads is named."""

    red: Path | None
    red_band: int
    nir: Path | None
    nir_band: int
    source: Path | None
    moving: Path | None
    reference: Path | None

    @property
    def named(self) -> bool:
        """Whether any file was named."""
        return any((self.red, self.nir, self.source, self.moving, self.reference))

    def operations(self, factor: int, resampling: Resampling) -> dict[str, Operation]:
        """Return the operations that the files allow.

        Raises
        ------
        BadInput
            A file has no counterpart, cannot be read, or does not fit.
        """
        self._require_pairs()
        found: list[Operation] = []
        if self.red and self.nir:
            bands = {
                "red": Band(raster=read_header(self.red), index=self.red_band),
                "nir": Band(raster=read_header(self.nir), index=self.nir_band),
            }
            found += [Ndvi(**bands), MeanNdvi(**bands, factor=factor)]
        if self.source:
            found.append(Downscale(source=read_header(self.source), factor=factor))
        if self.moving and self.reference:
            onto = read_header(self.reference).grid
            found.append(Superimpose(moving=read_header(self.moving), onto=onto, resampling=resampling))
        return {operation.name: operation for operation in found}

    def _require_pairs(self) -> None:
        for one, other in (("red", "nir"), ("moving", "reference")):
            if bool(getattr(self, one)) != bool(getattr(self, other)):
                raise BadInput(f"--{one} and --{other} belong together; name both files")


def tasks_on_datasets(
    datasets: Iterable[Measured],
    asked: Collection[str],
    factor: int | None,
    resampling: Resampling,
    layouts: Collection[Layout] | None,
    console: Console,
) -> list[Task]:
    """Return the operations asked for, on each dataset those that are measured on it, in each of its layouts.

    ``layouts`` are those asked for; None leaves the choice to the dataset.

    Raises
    ------
    BadInput
        A dataset that is not optional cannot be had.
    """
    tasks: list[Task] = []
    for measured, layout in ((one, layout) for one in datasets for layout in layouts or one.layouts):
        stored = f"{layout.blocks}, {layout.compression}"
        console.print(f"preparing {measured.name} {measured.size or ''} ({stored})".replace("  ", " "), highlight=False)
        try:
            scene = load(measured.name, size=measured.size, layout=layout, factor=factor, resampling=resampling)
        except BadInput as error:
            if not measured.optional:
                raise
            console.print(f"left out: {error}", highlight=False, markup=False, soft_wrap=True)
            continue
        tasks += [
            Task(dataset=scene.name, size=scene.size[1], operation=scene.operations[name], layout=layout)
            for name in measured.operations
            if name in asked and name in scene.operations
        ]
    return tasks


def tasks_on_files(
    files: OwnFiles,
    asked: Collection[str],
    factor: int | None,
    resampling: Resampling,
    layouts: Collection[Layout] | None,
) -> list[Task]:
    """Return the operations asked for that ``files`` allow, as those of a dataset called ``files``."""
    operations = files.operations(10 if factor is None else factor, resampling)
    return [
        Task(dataset="files", size=operation.inputs[0].grid.width, operation=operation, layout=layout)
        for name, operation in operations.items()
        if name in asked
        for layout in layouts or (Layout(),)
    ]
