"""``rasterbout cluster``: what it takes to run on clusters."""

import shlex
import sys
from pathlib import Path

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rasterbout.cli.types import ByteSize
from rasterbout.errors import BadInput
from rasterbout.resources import MIB

TEMPLATES = Path(__file__).parents[1] / "templates"


@click.group()
def cluster() -> None:
    """Run on clusters."""


@cluster.command(context_settings={"allow_interspersed_args": False})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--cores", type=click.IntRange(min=1), default=16, show_default=True, help="Cores of the job.")
@click.option("--memory", type=ByteSize(), default="32GB", show_default=True, help="Memory of the job.")
@click.option("--minutes", type=click.IntRange(min=5), default=120, show_default=True, help="Time limit of the job.")
def template(words: tuple[str, ...], cores: int, memory: int, minutes: int) -> None:
    """Print the script of a SLURM job that does `rasterbout WORDS`, such as `run --preset full --out runs/full`.

    WORDS name the folder by --out, so that the job can go on after it was preempted.
    """
    if words[0] != "run" or "--out" not in words:
        raise BadInput(f"{shlex.join(words)}: name a run and its folder, as in: run --preset full --out runs/full")
    command = shlex.join([sys.executable, "-m", "rasterbout", *(word for word in words if word != "--resume")])
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False)  # noqa: S701  a script
    script = environment.get_template("job.sh.jinja")
    click.echo(script.render(command=command, cores=cores, memory_mib=memory // MIB, minutes=minutes))
