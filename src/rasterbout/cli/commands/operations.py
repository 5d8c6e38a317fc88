"""``rasterbout apply`` and ``rasterbout check``: perform one operation, or verify its result."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from rasterbout.apply import apply, require_no_input
from rasterbout.cli.noise import noise_kept_back
from rasterbout.cli.operation_options import options_of, scene_of, taken_from
from rasterbout.cli.options import LAYOUT, Decorator, options
from rasterbout.cli.types import FILE, Chunk, OperationGroup
from rasterbout.contract import Layout
from rasterbout.errors import RasterboutError
from rasterbout.operations.operation import Operation
from rasterbout.operations.registry import operations, summary
from rasterbout.registry import load_backend
from rasterbout.resources import Resources
from rasterbout.verify import verify


@click.group("apply", cls=OperationGroup)
def apply_group() -> None:
    """Perform one operation with one backend; the output is written completely or not at all."""


@click.group("check", cls=OperationGroup)
def check_group() -> None:
    """Compare a result with the oracle, pixel by pixel; exit status 0 if right, 1 if wrong."""


def _apply(
    operation: Callable[[], Operation], backend: str, out: Path, chunk: int | None, workers: int, layout: str,
    compress: str,
) -> None:  # fmt: skip
    resources = Resources(workers=workers, chunk=chunk)
    os.environ.update(resources.environment())  # before GDAL reads it
    stored = Layout(blocks=layout, compression=compress)  # type: ignore[arg-type]
    chosen = load_backend(backend)
    with noise_kept_back():
        apply(backend, chosen, operation(), out, resources, stored)


def _check(operation: Callable[[], Operation], result: Path) -> None:
    verdict = verify(operation(), result)
    if not verdict.right:
        raise RasterboutError(f"{result}: {verdict.problem}; largest error {verdict.max_error:.3g}")
    click.echo(
        f"right: {verdict.pixels_compared} pixels compared, {verdict.pixels_left_out} left out, "
        f"largest error {verdict.max_error:.3g} (tolerance {verdict.tolerance:g})"
    )


APPLY: tuple[Decorator, ...] = (
    click.option("--backend", required=True, help="Name of the backend; see rasterbout backends."),
    click.option("--out", type=FILE, required=True, help="GeoTIFF to write."),
    click.option("--chunk", type=Chunk(), default="auto", show_default=True, help="Edge of a piece in pixels."),
    click.option("--workers", type=int, default=1, show_default=True, help="Number of pieces processed at once."),
    *LAYOUT,
)
CHECK: tuple[Decorator, ...] = (
    click.option("--result", type=FILE, required=True, help="GeoTIFF to compare with the oracle."),
)


def _command(name: str, action: Callable[..., None], more: tuple[Decorator, ...]) -> click.Command:
    operation = operations()[name]

    def callback(**values: Any) -> None:
        files, bands, parameters = taken_from(values)
        if "out" in values:  # of a reference, the operation holds the grid but not the file
            require_no_input(values["out"], files.values())
        action(lambda: _operation(name, files, bands, parameters), **values)

    decorated = options(*options_of(operation), *more)(callback)
    return click.command(name.replace("_", "-"), help=summary(operation))(decorated)


def _operation(
    name: str, files: Mapping[str, Path], bands: Mapping[str, int], parameters: Mapping[str, Any]
) -> Operation:
    return scene_of(files, bands).operation(name, parameters)


for _name in operations():
    apply_group.add_command(_command(_name, _apply, APPLY))
    check_group.add_command(_command(_name, _check, CHECK))
