"""Turn the options of ``rasterbout advise`` into the plan of a race."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rasterbout.contract import Layout, Output, Script
from rasterbout.errors import RasterboutError
from rasterbout.measure.cores import available_cores
from rasterbout.measure.environment import usual_memory_limit
from rasterbout.measure.once import Effort
from rasterbout.plan import Axes, Task
from rasterbout.race.advice import Plan
from rasterbout.race.candidates import able, chunks_for, workers_up_to
from rasterbout.race.elimination import Rules
from rasterbout.race.outcome import Outcome
from rasterbout.race.piece import piece_of
from rasterbout.race.track import ENOUGH_S
from rasterbout.registry import backend_names, load_backend
from rasterbout.scene import Scene


def require_possible(scene: Scene, operation: str, parameters: Mapping[str, Any], backends: Sequence[str]) -> None:
    """Check what the user named, before a folder is made.

    Raises
    ------
    BadInput
        A backend does not exist, or a parameter is missing or impossible.
    """
    scene.operation(operation, parameters)
    for name in backends:
        load_backend(name)


def plan_of(
    scene: Scene, operation: str, parameters: Mapping[str, Any], chosen: Mapping[str, Any], scratch: Path
) -> Plan:
    """Return the plan of a race for ``operation`` on ``scene``; a piece of its files is written to ``scratch``.

    Raises
    ------
    RasterboutError
        No backend can do the operation here.
    """
    layout = layout_of(chosen)
    task = task_of(scene, operation, parameters, layout)
    names, unable = able(task, chosen["backends"] or backend_names())
    if not names:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in unable.items())
        raise RasterboutError(f"no backend can do {operation} here: {reasons}")
    piece = piece_of(scene, scratch)
    return Plan(
        task=task,
        piece=None if piece is None else task_of(piece, operation, parameters, layout),
        backends=names,
        unable=unable,
        axes=_axes(task, chosen),
        effort=Effort(
            repeats=1,
            timeout_s=chosen["timeout_s"],
            memory_limit=chosen["memory_limit"] or usual_memory_limit(),
            enough_s=ENOUGH_S,
        ),
        rules=Rules(confidence=chosen["confidence"], close_enough=chosen["close_enough"]),
        budget_s=chosen["budget_s"],
        seed=random.SystemRandom().randrange(1 << 32) if chosen["seed"] is None else chosen["seed"],
    )


def script_of(found: Outcome, task: Task) -> Script | None:
    """Return a script that does ``task`` by the best setting, into a file in the working folder; None without one."""
    if found.best is None:
        return None
    out = Output(path=Path(f"{task.operation.name}.tif").absolute(), layout=task.layout)
    return load_backend(found.best.backend).script(task.operation, found.best.resources, out)


def layout_of(chosen: Mapping[str, Any]) -> Layout:
    """Return the layout of the result."""
    return Layout(blocks=chosen["layout"], compression=chosen["compress"])


def task_of(scene: Scene, name: str, parameters: Mapping[str, Any], layout: Layout) -> Task:
    """Return the task of the operation ``name`` on ``scene``, written in ``layout``."""
    operation = scene.operation(name, parameters)
    return Task(dataset=scene.name, size=scene.width_for(operation), operation=operation, layout=layout)


def _axes(task: Task, chosen: Mapping[str, Any]) -> Axes:
    return Axes(
        chunks=chosen["chunks"] or chunks_for(task.operation.inputs[0]),
        workers=chosen["workers"] or workers_up_to(available_cores()),
        memory_limit=chosen["memory_limit"],
        cache=chosen["cache"],
    )
