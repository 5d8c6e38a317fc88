"""The settings of a run, and what measures it: rounds or a race on this machine, or rounds on a cluster."""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasterbout.case import Case
from rasterbout.cluster.campaign import Campaign
from rasterbout.cluster.slurm import Site
from rasterbout.errors import BadInput
from rasterbout.measure.environment import usual_memory_limit
from rasterbout.measure.measurer import Measurer
from rasterbout.measure.once import Effort
from rasterbout.measure.runner import Runner, Settings
from rasterbout.measure.sampler import py_spy
from rasterbout.presets import Preset
from rasterbout.race.elimination import Rules
from rasterbout.race.track import ENOUGH_S, Schedule, Track

AnyRunner = Runner | Track | Campaign


def site_of(
    on: str | None, nodes: int, options: dict[str, Any], *, budget_s: float | None = None, flames: bool = False,
    scheduler: str | None = None,
) -> Site | None:  # fmt: skip
    """Return how jobs are submitted, None to measure on this machine.

    Raises
    ------
    BadInput
        Options that do not fit together, or need a program that is not there.
    """
    if scheduler is not None and (on or flames):
        raise BadInput(
            "a dask scheduler (--scheduler, or a cluster by --cluster) is used from this machine; leave --on and "
            "--flames out"
        )
    if flames and on is None:
        py_spy()  # an error now rather than after the rounds
    if on is None:
        if nodes > 1 or options:
            raise BadInput("--nodes and --cluster choose nodes of a cluster; name it, as in --on slurm")
        return None
    if budget_s is not None:
        raise BadInput("a race (--budget) runs on one machine; choose --rounds for a cluster")
    if flames:
        raise BadInput("--flames samples on this machine; leave it out with --on")
    return Site(nodes=nodes, options=options)


def settings_of(
    preset: Preset, repeats: int | None, timeout_s: float | None, memory_limit: int | None, seed: int | None,
    earlier: dict[str, Any], site: Site | None,
) -> Settings:  # fmt: skip
    """Return the settings of a run; those that were not chosen are the preset's, and the seed that of ``earlier``."""
    fresh = random.SystemRandom().randrange(1 << 32)
    effort = Effort(
        repeats=repeats or preset.repeats,
        timeout_s=timeout_s or preset.timeout_s,
        memory_limit=memory_limit or (usual_memory_limit() if site is None else None),  # each node has its own
        enough_s=ENOUGH_S if preset.budget_s is not None and repeats is None else None,
    )
    return Settings(
        rounds=preset.rounds,
        effort=effort,
        seed=seed if seed is not None else earlier.get("seed", fresh),
        budget_s=preset.budget_s if site is None else None,
    )


def runner_of(planned: Sequence[Case], settings: Settings, folder: Path, site: Site | None) -> AnyRunner:
    """Return what measures ``planned`` into ``folder``."""
    if site is not None:
        return Campaign(planned, settings, folder, site)
    if settings.budget_s is None:
        return Runner(planned, settings, folder)
    ends_s = time.monotonic() + settings.budget_s
    schedule = Schedule(ends_s=ends_s, seed=settings.seed, least_rounds=settings.rounds)
    return Track(planned, Measurer(settings.effort, folder), Rules(), schedule)
