"""``rasterbout apply`` and ``rasterbout check``: one operation, done or verified, from the same inputs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rasterbout.apply import apply, require_no_input
from rasterbout.cli.noise import noise_kept_back
from rasterbout.cli.options import LAYOUT, RESAMPLING, Chunk, Decorator, options
from rasterbout.contract import Layout
from rasterbout.errors import RasterboutError
from rasterbout.header import read_header
from rasterbout.operation import Downscale, MeanNdvi, Ndvi, Operation, Resampling, Superimpose
from rasterbout.raster import Band
from rasterbout.registry import load_backend
from rasterbout.resources import Resources
from rasterbout.verify import verify

FILE = click.Path(path_type=Path)
BANDS: tuple[Decorator, ...] = (
    click.option("--red", type=FILE, required=True, help="File with the red band."),
    click.option("--red-band", type=int, default=1, show_default=True, help="Its number in the file."),
    click.option("--nir", type=FILE, required=True, help="File with the near-infrared band."),
    click.option("--nir-band", type=int, default=1, show_default=True, help="Its number in the file."),
)
FACTOR = click.option("--factor", type=int, required=True, help="Edge of a window in pixels.")


def _ndvi(red: Path, red_band: int, nir: Path, nir_band: int) -> Operation:
    return Ndvi(red=_band(red, red_band), nir=_band(nir, nir_band))


def _downscale(source: Path, factor: int) -> Operation:
    return Downscale(source=read_header(source), factor=factor)


def _mean_ndvi(red: Path, red_band: int, nir: Path, nir_band: int, factor: int) -> Operation:
    return MeanNdvi(red=_band(red, red_band), nir=_band(nir, nir_band), factor=factor)


def _superimpose(moving: Path, reference: Path, resampling: str) -> Operation:
    return Superimpose(moving=read_header(moving), onto=read_header(reference).grid, resampling=Resampling(resampling))


def _band(path: Path, index: int) -> Band:
    return Band(raster=read_header(path), index=index)


INPUTS: dict[str, tuple[Callable[..., Operation], tuple[Decorator, ...], str]] = {
    "ndvi": (_ndvi, BANDS, "(nir - red) / (nir + red)."),
    "downscale": (
        _downscale,
        (click.option("--source", type=FILE, required=True, help="File to downscale, all bands."), FACTOR),
        "Mean of the valid pixels of each window.",
    ),
    "mean-ndvi": (_mean_ndvi, (*BANDS, FACTOR), "Mean of the valid NDVI values of each window."),
    "superimpose": (
        _superimpose,
        (
            click.option("--moving", type=FILE, required=True, help="File to resample, all bands."),
            click.option("--reference", type=FILE, required=True, help="File whose grid to resample onto."),
            RESAMPLING,
        ),
        "Resample at the pixel centres of another grid.",
    ),
}


class OperationGroup(click.Group):
    """A group of commands named after the operations, with dashes or underscores."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find the command of an operation."""
        return super().get_command(ctx, cmd_name.replace("_", "-"))


@click.group("apply", cls=OperationGroup)
def apply_group() -> None:
    """Do one operation by one backend; the output appears whole or not at all."""


@click.group("check", cls=OperationGroup)
def check_group() -> None:
    """Compare a result with the truth, pixel by pixel; exit status 0 right, 1 wrong."""


def _apply(
    operation: Callable[[], Operation],
    backend: str,
    out: Path,
    chunk: int | None,
    workers: int,
    layout: str,
    compress: str,
) -> None:
    resources = Resources(workers=workers, chunk=chunk)
    os.environ.update(resources.environment())  # before GDAL looks
    chosen = load_backend(backend)
    stored = Layout(blocks=layout, compression=compress)  # type: ignore[arg-type]
    with noise_kept_back():
        apply(chosen, operation(), out, resources, stored)


def _check(operation: Callable[[], Operation], result: Path) -> None:
    verdict = verify(operation(), result)
    if not verdict.right:
        raise RasterboutError(f"{result}: {verdict.problem}; largest error {verdict.max_error:.3g}")
    click.echo(
        f"right: {verdict.pixels_compared} pixels compared, {verdict.pixels_left_out} left out, "
        f"largest error {verdict.max_error:.3g} (tolerance {verdict.tolerance:g})"
    )


APPLY: tuple[Decorator, ...] = (
    click.option("--backend", required=True, help="Its name; see rasterbout backends."),
    click.option("--out", type=FILE, required=True, help="GeoTIFF to write."),
    click.option("--chunk", type=Chunk(), default="auto", show_default=True, help="Edge of a piece in pixels."),
    click.option("--workers", type=int, default=1, show_default=True, help="Pieces worked on at once."),
    *LAYOUT,
)
CHECK: tuple[Decorator, ...] = (
    click.option("--result", type=FILE, required=True, help="GeoTIFF to compare with the truth."),
)


def _command(name: str, action: Callable[..., None], more: tuple[Decorator, ...]) -> click.Command:
    build, inputs, summary = INPUTS[name]

    def callback(**values: Any) -> None:
        given = {key: values.pop(key) for key in build.__annotations__ if key != "return"}
        if "out" in values:  # the grid of a reference is part of the operation, its file is not
            require_no_input(values["out"], (value for value in given.values() if isinstance(value, Path)))
        action(lambda: build(**given), **values)

    return click.command(name, help=summary)(options(*inputs, *more)(callback))


for _name in INPUTS:
    apply_group.add_command(_command(_name, _apply, APPLY))
    check_group.add_command(_command(_name, _check, CHECK))
