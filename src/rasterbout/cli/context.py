"""Settings and warnings of a run, for the terminal and for ``environment.json``."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rasterbout.case import Case
from rasterbout.grid import Grid
from rasterbout.measure.measurer import scratch_in
from rasterbout.measure.runner import Settings
from rasterbout.window import cuts_blocks

Pair = tuple[int, int]
"""Rows and columns."""


def described(preset: str, settings: Settings, planned: list[Case]) -> dict[str, Any]:
    """Return the effective settings: repetitions, axes, and environment variables by number of threads."""
    varied = {
        name: list(dict.fromkeys(str(value) for value in values))
        for name, values in {
            "operations": (case.operation.name for case in planned),
            "backends": (case.backend for case in planned),
            "datasets": (f"{case.dataset} {case.size}" for case in planned),
            "chunks": (case.chunk for case in planned),
            "workers": (case.resources.workers for case in planned),
            "caches": (case.cache for case in planned),
            "layouts": (f"{case.layout.blocks} {case.layout.compression}" for case in planned),
        }.items()
    }
    limits = {str(case.resources.threads): case.resources.environment() for case in planned}
    return {"preset": preset, **_flat(settings), **varied, "environment_by_threads": limits}


def places(folder: Path, planned: list[Case]) -> list[Path]:
    """Return the folders that the run reads and writes."""
    inputs = {raster.path.parent for case in planned for raster in case.operation.inputs}
    return [folder.absolute(), scratch_in(folder).parent, *sorted(inputs)]


def changes(environment: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each change of machine or software since the run that is resumed."""
    if not environment["earlier"]:
        return
    before = environment["earlier"][-1]
    pairs = [(name, before.get(name), environment[name]) for name in ("host", "cpu", "cores", "git_commit")]
    libraries = before.get("libraries", {})
    pairs += [(name, libraries.get(name), version) for name, version in environment["libraries"].items()]
    for name, was, now in pairs:
        if was != now:
            yield f"changed since the run that is resumed: {name} {was} -> {now}"


def clashes(planned: list[Case]) -> Iterator[str]:
    """Yield warnings about chunks that cut through file blocks, which are then read or written several times."""
    cut: dict[tuple[int, Pair], set[str]] = {}
    for case in planned:
        chunk = case.resources.chunk
        for name, shape, blocks in _stored(case):
            if chunk is not None and cuts_blocks(chunk, shape, blocks):
                cut.setdefault((chunk, blocks), set()).add(name)
    for (chunk, (rows, columns)), names in cut.items():
        yield (
            f"chunk {chunk} cuts through the blocks of {rows} x {columns} pixels of {', '.join(sorted(names))}, which "
            f"are then read or written more than once; choose a multiple, or auto"
        )


def _stored(case: Case) -> Iterator[tuple[str, Pair, Pair]]:
    """Yield name, shape and block shape of each raster that is read or written in chunks.

    Inputs are read in chunks unless they are resampled; the output is written in chunks if it is
    resampled or has the shape of an input.
    """
    operation, grid = case.operation, case.operation.grid
    resampled = any(isinstance(value, Grid) for value in operation.values)
    if not resampled:
        for raster in operation.inputs:
            yield raster.path.name, raster.grid.shape, raster.block_shape
    if resampled or any(grid.shape == raster.grid.shape for raster in operation.inputs):
        yield f"{operation.name}'s result", grid.shape, case.layout.block_shape(grid.width)


def held_to(planned: list[Case]) -> str:
    """Return the number of cases, the workers, and the environment variables common to all processes, in one line."""
    workers = {case.resources.workers: None for case in planned}
    limits = {key: value for case in planned for key, value in case.resources.environment().items() if "ITK" not in key}
    held = ", ".join(f"{key}={value}" for key, value in limits.items())
    return f"{len(planned)} cases; workers (processes, threads or ITK threads): {', '.join(map(str, workers))}; {held}"


def _flat(settings: Settings) -> dict[str, Any]:
    return {"rounds": settings.rounds, "seed": settings.seed, "budget_s": settings.budget_s, **asdict(settings.effort)}
