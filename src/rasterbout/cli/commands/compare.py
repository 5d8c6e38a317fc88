"""``rasterbout compare``: find out whether one revision, or one run, is slower than another."""

import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from rasterbout.cli.choice import Choice, choice
from rasterbout.cli.display import console_for
from rasterbout.cli.operation_options import options_of_all
from rasterbout.cli.options import CASES, NODES, SITE, options
from rasterbout.cli.run_plan import site_of
from rasterbout.cli.types import FILE
from rasterbout.cluster.slurm import Site
from rasterbout.errors import BadInput, RasterboutError
from rasterbout.gate.comparison import Comparison, differing
from rasterbout.gate.decision import decide
from rasterbout.gate.duel import Duel
from rasterbout.gate.duel_on_nodes import DuelOnNodes
from rasterbout.gate.folders import libraries_of, pairs_of_folders
from rasterbout.gate.pairs import SIDES, Broken, CasePairs
from rasterbout.gate.revision import Revision, build
from rasterbout.measure.once import Effort
from rasterbout.measure.runner import Settings
from rasterbout.presets import PRESETS, Preset, preset


@click.command()
@click.argument("base")
@click.argument("head")
@click.option(
    "--preset", "much", type=click.Choice(list(PRESETS)), default="gate", show_default=True, help="What to measure."
)
@options(*CASES, *options_of_all(), *NODES, SITE)
@click.option("--pairs", type=click.IntRange(min=1), help="Pairs of sessions per backend.")
@click.option("--repeats", type=click.IntRange(min=1), help="Minimum number of timed repeats per session.")
@click.option(
    "--detect",
    type=click.FloatRange(min=0, min_open=True),
    default=10,
    show_default=True,
    help="Smallest slowdown, in percent, that must be detected.",
)
@click.option("--seed", type=int, default=0, help="Seed of the order.")
@click.option("--markdown", type=FILE, help="Also write the verdicts to this file.")
@click.option("--json", "machine", is_flag=True, help="Print the verdicts as JSON, and everything else on stderr.")
def compare(
    base: str, head: str, much: str, pairs: int | None, repeats: int | None, detect: float, seed: int,
    markdown: Path | None, machine: bool, on: str | None, nodes: int, site: dict[str, Any],  # noqa: FBT001
    **chosen: Any,
) -> None:  # fmt: skip
    """Compare HEAD with BASE: two git revisions, measured in pairs, or the folders of two runs.

    Exit status: 0 no regression, 1 a regression, 3 inconclusive, 4 something could not be measured, 5 wrong pixels.
    """
    console = console_for(machine=machine)
    where = site_of(on, nodes, site)
    folders = Path(base).is_dir() and Path(head).is_dir()
    if folders and where is not None:
        raise BadInput(f"{base} and {head} are folders, of runs that were measured; leave --on out, or name revisions")
    try:
        if folders:
            cases = pairs_of_folders(Path(base), Path(head))
            libraries = list(differing(libraries_of(Path(base)), libraries_of(Path(head))))
        else:
            wanted = choice(chosen)
            revisions = _installed(base, head, console)
            libraries = list(differing(*(revision.libraries for revision in revisions)))
            cases = _measured(revisions, wanted, _Plan(preset(much), pairs, repeats, seed, where), console)
        compared = Comparison(
            base=base, head=head, cases=cases, decisions=decide(cases, detect / 100), libraries=libraries
        )
    except (BadInput, Broken):
        raise
    except RasterboutError as error:
        raise Broken(str(error)) from error
    except Exception as error:  # otherwise a bug would exit with the status of a regression
        raise Broken(f"{type(error).__name__}: {error}") from error
    if markdown is not None:
        markdown.write_text("\n".join(compared.markdown()) + "\n", encoding="utf-8")
    if machine:
        click.echo(json.dumps(compared.as_json()))
    for line in compared.lines():
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    sys.exit(compared.exit_status)


@dataclass(frozen=True)
class _Plan:
    preset: Preset
    pairs: int | None
    repeats: int | None
    seed: int
    site: Site | None


def _installed(base: str, head: str, console: Console) -> tuple[Revision, Revision]:
    console.print(f"installing {base} and {head}, each in an environment of its own", highlight=False, markup=False)
    return build(base), build(head)


def _measured(revisions: tuple[Revision, Revision], wanted: Choice, plan: _Plan, console: Console) -> list[CasePairs]:
    """Measure both revisions in pairs."""
    pythons = {side: revision.python for side, revision in zip(SIDES, revisions, strict=True)}
    effort = Effort(repeats=plan.repeats or plan.preset.repeats, timeout_s=plan.preset.timeout_s)
    cases = wanted.cases(plan.preset, console)
    settings = Settings(rounds=plan.pairs or plan.preset.rounds, effort=effort, seed=plan.seed)
    duel: Duel | DuelOnNodes
    if plan.site is None:
        duel = Duel(cases, pythons, settings)
    else:
        folder = Path("runs") / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-compare"
        duel = DuelOnNodes(cases, pythons, settings, folder, plan.site)
    for line in duel.fight():
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return list(duel.cases.values())
