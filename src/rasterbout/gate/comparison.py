"""A comparison that was made, as people, forges and machines read it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rasterbout.gate.decision import Decision, Outcome, outcome
from rasterbout.gate.pairs import CasePairs, expected

IN_WORDS = {
    Outcome.GOOD: "no regression",
    Outcome.REGRESSION: "a regression",
    Outcome.INCONCLUSIVE: "inconclusive: these samples could not have shown every regression that matters",
    Outcome.BROKEN: "not every case was measured",
    Outcome.WRONG: "wrong pixels",
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What was compared, with a verdict for each of ``cases``.

    Attributes
    ----------
    base, head
        Git revisions, or the folders of runs.
    libraries
        In words, which libraries are not of the same version on both sides.
    """

    base: str
    head: str
    cases: Sequence[CasePairs]
    verdicts: Sequence[Decision]
    libraries: Sequence[str]

    @property
    def outcome(self) -> Outcome:
        """The exit status."""
        return outcome(self.cases, self.verdicts)

    @property
    def summary(self) -> str:
        """The outcome in words, and how many cases were measured of those that were to be."""
        measured = sum(verdict.pairs > 0 for verdict in self.verdicts)
        return f"{IN_WORDS[self.outcome]}; {measured} of {len(expected(self.cases))} cases measured"

    def lines(self) -> Iterator[str]:
        """Yield what people read on a terminal, the summary last."""
        yield from (f"{verdict.name}: {verdict.describe()}" for verdict in self.verdicts)
        if self.libraries:
            yield f"libraries differ, which may be why: {', '.join(self.libraries)}"
        yield self.summary

    def markdown(self) -> Iterator[str]:
        """Yield the lines of a page for a forge."""
        yield f"## {self.summary}"
        yield ""
        yield f"`{self.head}` against `{self.base}`; a ratio above 1 is slower."
        yield ""
        yield "| case | verdict | head / base | 95 % interval | p | pairs |"
        yield "|---|---|---|---|---|---|"
        for verdict in self.verdicts:
            ratio, p = ("" if math.isnan(number) else f"{number:.3g}" for number in (verdict.ratio, verdict.p))
            told = verdict.describe().replace("|", "\\|")
            interval = f"{verdict.low:.3g} to {verdict.high:.3g}" if verdict.pairs else ""
            yield f"| {verdict.name} | {told} | {ratio} | {interval} | {p} | {verdict.pairs} |"
        if self.libraries:
            yield ""
            yield "Libraries that differ, which may be why:"
            yield from (f"- {line}" for line in self.libraries)

    def as_json(self) -> dict[str, Any]:
        """Return what a machine reads."""
        verdicts = [{name: _or_none(value) for name, value in asdict(verdict).items()} for verdict in self.verdicts]
        return {
            "outcome": self.outcome.name.lower(),
            "base": self.base,
            "head": self.head,
            "libraries": list(self.libraries),
            "verdicts": verdicts,
        }


def differing(base: Mapping[str, str], head: Mapping[str, str]) -> Iterator[str]:
    """Yield in words which libraries are not of the same version: they may be why one side is slower."""
    for name in sorted(base.keys() | head.keys()):
        before, after = (versions.get(name, "none") for versions in (base, head))
        if before != after:
            yield f"{name} {before} -> {after}"


def _or_none(value: Any) -> Any:
    """Return None for what is no number in JSON."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
