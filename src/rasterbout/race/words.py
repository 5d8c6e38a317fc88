"""The outcome of a race in words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rasterbout import identity
from rasterbout.case import Case
from rasterbout.measures import BY_NAME, FLOOR_SHARE
from rasterbout.race.elimination import Behind, State
from rasterbout.race.outcome import Cost, Outcome


def lines(found: Outcome, files: int) -> Iterator[str]:
    """Yield the answer line by line; ``files`` is the number of files to predict the time for."""
    if found.best is None or found.cost is None:
        yield "no answer: no candidate completed a round with right pixels"
    else:
        yield headline(found)
        yield from _against(found)
        yield from _costs(found.cost, files)
    yield from _left(found)


def headline(found: Outcome) -> str:
    """Return what to use and how far the next is behind, in one line."""
    if found.best is None:
        return "no answer: no candidate completed a round with right pixels"
    name = identity.setting_name(found.best.fields)
    task = identity.task_name(found.best.fields)
    if found.rounds < 2 and found.close:
        return f"{task}: {name} was fastest in the only round, which decides nothing; allow a larger --budget"
    if found.state is State.WON:
        others = f"next {_next(found)}" if _next(found) else "no other candidate completed a round"
        return f"{task}: use {name}; {others}"
    why = "the budget is spent" if found.state is State.OPEN else "their times are close enough"
    close = [_named(*one) for one in found.close if one not in _measured_once(found)]
    if not close:
        return f"{task}: {name} was fastest, but there was time for a single round of others; allow a larger --budget"
    return f"{task}: too close to call ({why}): {'; '.join([name, *close])}"


def _measured_once(found: Outcome) -> list[tuple[Case, Behind]]:
    """Return the survivors of the first round for which there was no time again: there is a ratio, but no interval."""
    return [one for one in found.close if one[1].high == math.inf] if found.rounds > 1 else []


def _against(found: Outcome) -> Iterator[str]:
    if found.state is not State.WON and _next(found):
        yield f"  next: {_next(found)}"
    if found.rounds > 1:
        yield (
            f"  all intervals hold together with {found.confidence:.0%} confidence, over all candidates and "
            f"{found.rounds} rounds"
        )


def _next(found: Outcome) -> str:
    """Return the dropped candidate that was closest, in words; empty without one."""
    lost = [(case, one) for case, one in found.dropped if one.behind is not None]
    if not lost:
        return ""
    case, last = min(lost, key=lambda one: one[1].behind.ratio if one[1].behind else math.inf)
    return f"{_named(case, last.behind)}, dropped after round {last.round}" if last.behind else ""


def _named(case: Case, behind: Behind) -> str:
    return f"{identity.setting_name(case.fields)}, {_ratio(behind)}"


def _ratio(behind: Behind) -> str:
    if behind.low == 0.0:
        return f"{behind.ratio:.2f} times as long"
    return f"{behind.ratio:.2f} times as long ({behind.low:.2f} to {behind.high:.2f})"


def _costs(cost: Cost, files: int) -> Iterator[str]:
    wall, cpu, energy, peak = (BY_NAME[name] for name in ("wall_s", "cpu_s", "energy_j", "peak_bytes"))
    interval = f" ({_seconds(cost.low_s)} to {_seconds(cost.high_s)})" if cost.rounds > 1 else ""
    facts = [f"{wall.shown(cost.wall_s)} s{interval} in {cost.rounds} rounds"]
    facts += [f"{cpu.shown(cost.cpu_s)} s of CPU"] if cost.cpu_s is not None else []
    facts += [f"{peak.shown(cost.peak_bytes)} MB"] if cost.peak_bytes is not None else []
    facts += [f"{energy.shown(cost.energy_j)} J"] if cost.energy_j is not None else []
    facts += [f"floor {cost.floor_share * FLOOR_SHARE.scale:.0f} % of the time"] if cost.floor_share else []
    yield f"  {', '.join(facts)}; limited by {cost.limit}"
    expected, low, high = cost.expected_s(files)
    what = "this file" if files == 1 else f"{files} such files in one session"
    between = f" ({_seconds(low)} to {_seconds(high)})" if cost.rounds > 1 else ""
    yield f"  expected for {what}: {_seconds(expected)}{between}, with a start-up of {_seconds(cost.startup_s or 0.0)}"


def _left(found: Outcome) -> Iterator[str]:
    if found.screened:
        yield f"  {found.screened} settings were too slow on a piece of the files to be measured on the whole"
    if found.left_out:
        yield f"  not measured, as the budget was spent: {'; '.join(_settings(found.left_out))}"
    if once := _measured_once(found):
        yield f"  slower in the only round for which there was time: {'; '.join(_named(*one) for one in once)}"
    by_round: dict[int, int] = {}
    for _, one in found.dropped:
        if one.behind is not None:
            by_round[one.round] = by_round.get(one.round, 0) + 1
    for number, count in by_round.items():
        yield f"  dropped after round {number}: {count} slower candidate{'' if count == 1 else 's'}"
    for name, reason in found.failed.items():
        yield f"  failed: {name}: {reason}"
    for name, reason in found.unable.items():
        yield f"  not raced: {name}: {reason}"


def _settings(cases: Sequence[Case]) -> list[str]:
    return [identity.setting_name(case.fields) for case in cases]


def _seconds(value_s: float) -> str:
    if value_s < 120:
        return f"{value_s:.3g} s"
    minutes = value_s / 60
    return f"{minutes:.1f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def as_json(found: Outcome, files: int) -> dict[str, Any]:
    """Return the outcome as a JSON object; times in seconds."""
    return {
        "task": identity.task_name(found.best.fields) if found.best else None,
        "state": found.state.value,
        "confidence": found.confidence,
        "rounds": found.rounds,
        "use": _setting(found.best) if found.best else None,
        "cost": _cost(found.cost, files) if found.cost else None,
        "close": [_setting(case) | _finite(asdict(behind)) for case, behind in found.close],
        "dropped": [
            _setting(case) | {"round": one.round} | (_finite(asdict(one.behind)) if one.behind else {})
            for case, one in found.dropped
        ],
        "screened": found.screened,
        "not_measured": [_setting(case) for case in found.left_out],
        "failed": dict(found.failed),
        "not_raced": dict(found.unable),
    }


def _setting(case: Case) -> dict[str, Any]:
    return {name: case.fields[name] for name in identity.SETTING}


def _finite(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts with None for bounds that a single round cannot give; JSON has no infinity."""
    return {name: None if value == math.inf else value for name, value in facts.items()}


def _cost(cost: Cost, files: int) -> dict[str, Any]:
    expected = [None if value == math.inf else value for value in cost.expected_s(files)]
    return _finite(asdict(cost)) | {"limit": cost.limit, "files": files, "expected_s": expected}
