"""Options that several commands take."""

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
    click.option("--compress", type=click.Choice(COMPRESSIONS), default="none", show_default=True),
)
CASES: tuple[Decorator, ...] = (
    click.option("--operations", type=Several(OperationName()), help="Only these; default all."),
    click.option("--backends", type=Several(click.STRING), help="Only these; default all."),
    click.option("--dataset", type=Several(click.STRING), help="Names, or a product's path; default the preset's."),
    click.option("--size", type=Several(click.IntRange(min=1)), help="Edges of a generated dataset in pixels."),
    click.option("--layout", type=Several(click.Choice(BLOCKS)), help="Blocks of the files; default the preset's."),
    click.option("--compress", type=Several(click.Choice(COMPRESSIONS)), help="Of the files; default the preset's."),
    click.option("--chunks", type=Several(Chunk()), help="Edges of a piece in pixels, or auto."),
    click.option("--workers", type=Several(click.IntRange(min=1)), help="Pieces worked on at once."),
    click.option("--oversubscribe", is_flag=True, help="Allow more workers than there are cores."),
    click.option("--memory-limit", type=ByteSize(), help="What a backend may hold, such as 4GB; default 90 % of free."),
    click.option(
        "--cache", type=click.Choice(CACHES), default="warm", show_default=True, help="Inputs before repeats."
    ),
)
HOW_OFTEN: tuple[Decorator, ...] = (
    click.option("--rounds", type=click.IntRange(min=1), help="Processes for each case."),
    click.option("--repeats", type=click.IntRange(min=1), help="Timed repeats in each process."),
    click.option("--timeout", "timeout_s", type=click.FloatRange(min=1), help="Seconds for each backend's process."),
    click.option("--seed", type=int, help="Of the order within the rounds; default a new one."),
)
