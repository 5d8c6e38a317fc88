"""The result of a comparison, as text, Markdown and JSON."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rasterbout.gate.decision import Decision, ExitStatus, exit_status
from rasterbout.gate.pairs import CasePairs, expected

IN_WORDS = {
    ExitStatus.GOOD: "no regression",
    ExitStatus.REGRESSION: "a regression",
    ExitStatus.INCONCLUSIVE: "inconclusive: these samples cannot rule out a regression that matters",
    ExitStatus.BROKEN: "not every case was measured",
    ExitStatus.WRONG: "wrong pixels",
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The result of a comparison, with a decision for each of ``cases``.

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
    decisions: Sequence[Decision]
    libraries: Sequence[str]

    @property
    def exit_status(self) -> ExitStatus:
        """The exit status of the command."""
        return exit_status(self.cases, self.decisions)

    @property
    def summary(self) -> str:
        """The outcome in words, and the number of measured and expected cases."""
        measured = sum(decision.pairs > 0 for decision in self.decisions)
        return f"{IN_WORDS[self.exit_status]}; {measured} of {len(expected(self.cases))} cases measured"

    def lines(self) -> Iterator[str]:
        """Yield the lines for a terminal, the summary last."""
        yield from (f"{decision.name}: {decision.describe()}" for decision in self.decisions)
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
        for decision in self.decisions:
            ratio, p = ("" if math.isnan(number) else f"{number:.3g}" for number in (decision.ratio, decision.p))
            description = decision.describe().replace("|", "\\|")
            interval = f"{decision.low:.3g} to {decision.high:.3g}" if decision.pairs else ""
            yield f"| {decision.name} | {description} | {ratio} | {interval} | {p} | {decision.pairs} |"
        if self.libraries:
            yield ""
            yield "Libraries that differ, which may be why:"
            yield from (f"- {line}" for line in self.libraries)

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        verdicts = [{name: _or_none(value) for name, value in asdict(decision).items()} for decision in self.decisions]
        return {
            "outcome": self.exit_status.name.lower(),
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
