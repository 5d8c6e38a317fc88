"""The result of a comparison, as text, Markdown and JSON."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rasterbout.gate.decision import Decision, Outcome, outcome
from rasterbout.gate.pairs import CasePairs, expected

IN_WORDS = {
    Outcome.GOOD: "no regression",
    Outcome.REGRESSION: "a regression",
    Outcome.INCONCLUSIVE: "inconclusive: these samples cannot rule out a regression that matters",
    Outcome.BROKEN: "not every case was measured",
    Outcome.WRONG: "wrong pixels",
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The result of a comparison, with a verdict for each of ``cases``.

    Attributes
    ----------
    base, head
        Git revisions, or the folders of runs.
    libraries
        Descriptions of the libraries whose versions differ between the sides.
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
        """The outcome in words, and the number of measured and expected cases."""
        measured = sum(verdict.pairs > 0 for verdict in self.verdicts)
        return f"{IN_WORDS[self.outcome]}; {measured} of {len(expected(self.cases))} cases measured"

    def lines(self) -> Iterator[str]:
        """Yield the lines for a terminal, the summary last."""
        yield from (f"{verdict.name}: {verdict.describe()}" for verdict in self.verdicts)
        if self.libraries:
            yield f"libraries differ, which may be why: {', '.join(self.libraries)}"
        yield self.summary

    def markdown(self) -> Iterator[str]:
        """Yield the lines of a Markdown page."""
        yield f"## {self.summary}"
        yield ""
        yield f"`{self.head}` against `{self.base}`; a ratio above 1 is slower."
        yield ""
        yield "| case | verdict | head / base | 95 % interval | p | pairs |"
        yield "|---|---|---|---|---|---|"
        for verdict in self.verdicts:
            ratio, p = ("" if math.isnan(number) else f"{number:.3g}" for number in (verdict.ratio, verdict.p))
            description = verdict.describe().replace("|", "\\|")
            interval = f"{verdict.low:.3g} to {verdict.high:.3g}" if verdict.pairs else ""
            yield f"| {verdict.name} | {description} | {ratio} | {interval} | {p} | {verdict.pairs} |"
        if self.libraries:
            yield ""
            yield "Libraries that differ, which may be why:"
            yield from (f"- {line}" for line in self.libraries)

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        verdicts = [{name: _or_none(value) for name, value in asdict(verdict).items()} for verdict in self.verdicts]
        return {
            "outcome": self.outcome.name.lower(),
            "base": self.base,
            "head": self.head,
            "libraries": list(self.libraries),
            "verdicts": verdicts,
        }


def differing(base: Mapping[str, str], head: Mapping[str, str]) -> Iterator[str]:
    """Yield a description of each library whose version differs, which may be why one side is slower."""
    for name in sorted(base.keys() | head.keys()):
        before, after = (versions.get(name, "none") for versions in (base, head))
        if before != after:
            yield f"{name} {before} -> {after}"


def _or_none(value: Any) -> Any:
    """Return None for NaN and infinity, which JSON cannot represent."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
