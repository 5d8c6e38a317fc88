"""Options shared by several commands."""

from collections.abc import Callable
from typing import Any

import click

from rasterbout.case import CACHES
from rasterbout.cli.types import ByteSize, Chunk, OperationName, Several
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
    click.option("--memory-limit", type=ByteSize(), help="Memory limit, such as 4GB; default 90 % of free."),
    click.option(
        "--cache",
        type=click.Choice(CACHES),
        default="warm",
        show_default=True,
        help="Page cache of the inputs before repeats.",
    ),
)
HOW_OFTEN: tuple[Decorator, ...] = (
    click.option("--rounds", type=click.IntRange(min=1), help="Number of processes per case."),
    click.option("--repeats", type=click.IntRange(min=1), help="Timed repeats per process."),
    click.option(
        "--timeout", "timeout_s", type=click.FloatRange(min=1), help="Seconds that each backend's process may take."
    ),
    click.option("--seed", type=int, help="Seed of the order within rounds; default random."),
)
