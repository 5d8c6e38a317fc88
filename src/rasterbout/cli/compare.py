"""``rasterbout compare``: is one revision, or one run, slower than another."""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from rasterbout.cli.choice import Choice, choice
from rasterbout.cli.display import console_for
from rasterbout.cli.operations import FILE
from rasterbout.cli.options import LAYOUT, options
from rasterbout.cli.run import CASES, OWN_FILES
from rasterbout.errors import BadInput
from rasterbout.gate.decision import Outcome, Verdict, decide, outcome
from rasterbout.gate.duel import Duel
from rasterbout.gate.folders import pairs_of_folders
from rasterbout.gate.pairs import SIDES, Broken, CasePairs, expected
from rasterbout.gate.revision import build
from rasterbout.measure.once import Effort
from rasterbout.presets import PRESETS, Preset, preset

IN_WORDS = {
    Outcome.GOOD: "no regression",
    Outcome.REGRESSION: "a regression",
    Outcome.INCONCLUSIVE: "inconclusive: these samples could not have shown every regression that matters",
    Outcome.BROKEN: "not every case was measured",
    Outcome.WRONG: "wrong pixels",
}


@click.command()
@click.argument("base")
@click.argument("head")
@click.option("--preset", "much", type=click.Choice(list(PRESETS)), default="gate", show_default=True, help="How much.")
@CASES
@OWN_FILES
@options(*LAYOUT)
@click.option("--pairs", type=click.IntRange(min=1), help="Pairs of sessions for each backend.")
@click.option("--repeats", type=click.IntRange(min=1), help="Times that each does an operation, in turns.")
@click.option(
    "--detect",
    type=click.FloatRange(min=0, min_open=True),
    default=10,
    show_default=True,
    help="A slowdown of so many percent must not go unnoticed.",
)
@click.option("--seed", type=int, default=0, help="Of the order.")
@click.option("--markdown", type=FILE, help="Write the verdicts to this file, too.")
@click.option("--json", "machine", is_flag=True, help="Print the verdicts as JSON, and all else on stderr.")
def compare(
    base: str, head: str, much: str, pairs: int | None, repeats: int | None, detect: float, seed: int,
    markdown: Path | None, machine: bool, layout: str, compress: str, **chosen: Any,  # noqa: FBT001
) -> None:  # fmt: skip
    """Compare HEAD with BASE: two git revisions, measured in pairs, or the folders of two runs.

    Exit status: 0 no regression, 1 a regression, 3 inconclusive, 4 something could not be measured, 5 wrong pixels.
    """
    console = console_for(machine=machine)
    try:
        if Path(base).is_dir() and Path(head).is_dir():
            cases = pairs_of_folders(Path(base), Path(head))
        else:
            wanted = choice(layout=layout, compress=compress, options=chosen)
            cases = _measured(base, head, wanted, _Plan(preset(much), pairs, repeats, seed), console)
        verdicts = decide(cases, detect / 100)
    except (BadInput, Broken):
        raise
    except Exception as error:  # else a defect would have the exit status of a regression
        raise Broken(f"{type(error).__name__}: {error}") from error
    result = outcome(cases, verdicts)
    measured = sum(verdict.pairs > 0 for verdict in verdicts)
    summary = f"{IN_WORDS[result]}; {measured} of {len(expected(cases))} cases measured"
    if markdown is not None:
        markdown.write_text("\n".join(_markdown(base, head, verdicts, summary)) + "\n", encoding="utf-8")
    if machine:
        told = [{name: _or_none(value) for name, value in asdict(verdict).items()} for verdict in verdicts]
        click.echo(json.dumps({"outcome": result.name.lower(), "verdicts": told}))
    for line in (*(f"{verdict.name}: {verdict.describe()}" for verdict in verdicts), summary):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    sys.exit(result)


@dataclass(frozen=True)
class _Plan:
    preset: Preset
    pairs: int | None
    repeats: int | None
    seed: int


def _measured(base: str, head: str, wanted: Choice, plan: _Plan, console: Console) -> list[CasePairs]:
    """Install both revisions, and measure them in pairs."""
    revisions = {}
    for side, name in zip(SIDES, (base, head), strict=True):
        console.print(f"{side}: {name}", highlight=False, markup=False)
        revisions[side] = build(name)
    effort = Effort(repeats=plan.repeats or plan.preset.repeats, timeout_s=plan.preset.timeout_s)
    duel = Duel(
        wanted.cases(plan.preset, console), {side: one.python for side, one in revisions.items()}, effort, plan.seed
    )
    for line in duel.fight(plan.pairs or plan.preset.rounds):
        console.print(line, highlight=False, markup=False)
    return list(duel.cases.values())


def _or_none(value: Any) -> Any:
    """Return None for what is no number in JSON."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _markdown(base: str, head: str, verdicts: Sequence[Verdict], summary: str) -> Iterator[str]:
    yield f"## {summary}"
    yield ""
    yield f"`{head}` against `{base}`; a ratio above 1 is slower."
    yield ""
    yield "| case | verdict | head / base | p | pairs |"
    yield "|---|---|---|---|---|"
    for verdict in verdicts:
        ratio, p = ("" if math.isnan(number) else f"{number:.3g}" for number in (verdict.ratio, verdict.p))
        told = verdict.describe().replace("|", "\\|")
        yield f"| {verdict.name} | {told} | {ratio} | {p} | {verdict.pairs} |"
