"""Options shared by several commands."""

from collections.abc import Callable
from typing import Any

import click

from rasterbout.case import CACHES
from rasterbout.cli.cluster_types import ClusterName, SiteFile
from rasterbout.cli.types import ByteSize, Chunk, Duration, OperationName, Percent, Several
from rasterbout.contract import BLOCKS, COMPRESSIONS

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def options(*decorators: Decorator) -> Decorator:
    """Return one decorator that adds all options, in the order given."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return add


LAYOUT: tuple[Decorator, ...] = (
    click.option(
        "--layout", type=click.Choice(BLOCKS), default="tiled", show_default=True, help="Blocks of the files."
    ),
    click.option("--compress", type=click.Choice(COMPRESSIONS), default="none", show_default=True, help="Compression."),
)
CONDITIONS: tuple[Decorator, ...] = (
    click.option("--memory-limit", type=ByteSize(), help="Memory limit, such as 4GB; default 90 % of free."),
    click.option(
        "--cache",
        type=click.Choice(CACHES),
        default="warm",
        show_default=True,
        help="Page cache of the inputs before repeats.",
    ),
)
CASES: tuple[Decorator, ...] = (
    click.option("--operations", type=Several(OperationName()), help="Only these; default all."),
    click.option("--backends", type=Several(click.STRING), help="Only these; default all."),
    click.option("--dataset", type=Several(click.STRING), help="Names or product paths; default the preset's."),
    click.option("--size", type=Several(click.IntRange(min=1)), help="Edges of a generated dataset in pixels."),
    click.option("--layout", type=Several(click.Choice(BLOCKS)), help="Blocks of the files; default the preset's."),
    click.option("--compress", type=Several(click.Choice(COMPRESSIONS)), help="Compression; default the preset's."),
    click.option("--chunks", type=Several(Chunk()), help="Edges of a piece in pixels, or auto."),
    click.option("--workers", type=Several(click.IntRange(min=1)), help="Number of pieces processed at once."),
    click.option("--oversubscribe", is_flag=True, help="Allow more workers than cores."),
    *CONDITIONS,
)
RACE: tuple[Decorator, ...] = (
    click.option("--backends", type=Several(click.STRING), help="Only these; default all."),
    click.option("--chunks", type=Several(Chunk()), help="Edges of a piece in pixels; default from the blocks."),
    click.option("--workers", type=Several(click.IntRange(min=1)), help="Default powers of two up to the cores."),
    *CONDITIONS,
    click.option("--budget", "budget_s", type=Duration(), default="5m", show_default=True, help="Time to spend."),
    click.option(
        "--confidence", type=click.FloatRange(0.5, 1, min_open=True, max_open=True), default=0.95, show_default=True,
        help="Probability that no candidate is dropped that is faster than the rest, over the whole race.",
    ),
    click.option(
        "--close-enough", type=Percent(), default="5%", show_default=True, help="Difference too small to matter."
    ),
    click.option("--timeout", "timeout_s", type=click.FloatRange(min=1), default=300, help="Seconds for a process."),
    click.option("--seed", type=int, help="Seed of the order within rounds; default random."),
)  # fmt: skip
NODES: tuple[Decorator, ...] = (
    click.option(
        "--on", type=click.Choice(["slurm"]), help="Measure on the nodes of a cluster, each round or pair on one."
    ),
    click.option("--nodes", type=click.IntRange(min=1), default=1, show_default=True, help="Most nodes at once."),
)
SITE = click.option("--cluster", "site", type=SiteFile(), default={}, help="TOML file with options of sbatch.")
WHERE: tuple[Decorator, ...] = (
    *NODES,
    click.option(
        "--cluster",
        type=ClusterName(),
        default={},
        help="TOML file with options of sbatch, for --on; or a cluster of dask to start for dask's backends: a YAML "
        "file of dask-jobqueue's configuration, or a class, such as dask_jobqueue.SLURMCluster.",
    ),
    click.option("--scheduler", help="Address of a dask scheduler, whose workers do the work of dask's backends."),
)
HOW_OFTEN: tuple[Decorator, ...] = (
    click.option("--rounds", type=click.IntRange(min=1), help="Number of processes per case."),
    click.option(
        "--budget",
        "budget_s",
        type=Duration(),
        help="Race: after the rounds, go on with the cases that can still be the fastest, for at most this time.",
    ),
    click.option("--repeats", type=click.IntRange(min=1), help="Timed repeats per process."),
    click.option(
        "--timeout", "timeout_s", type=click.FloatRange(min=1), help="Seconds that each backend's process may take."
    ),
    click.option("--seed", type=int, help="Seed of the order within rounds; default random."),
)
