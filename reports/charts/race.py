"""The rounds of a race: which settings were still measured in which round."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bokeh.models import ColumnDataSource, HoverTool

from rasterbout import identity
from rasterbout.record import Record
from rasterbout.reports.charts.look import INK, Chart, Look, blank

Times = dict[int, float]
"""Time of one setting in seconds, by round."""


def race(records: Sequence[Record], look: Look) -> Iterator[Chart]:
    """Yield a line for each setting, from its first to its last round; nothing if all have the same rounds."""
    times_s, backends = _times(records)
    if len({frozenset(rounds) for rounds in times_s.values()}) < 2:
        return
    ratios = _to_the_fastest(times_s)
    names = sorted(ratios, key=lambda name: (max(ratios[name]), -ratios[name][max(ratios[name])]))
    plot = blank(y_range=names, x_axis_label="round", height=90 + 20 * len(names))
    plot.segment([min(ratios[name]) for name in names], names, [max(ratios[name]) for name in names], names, color=INK)
    for backend in dict.fromkeys(backends[name] for name in names):
        mine = [(number, name, ratio) for name in names if backends[name] == backend
                for number, ratio in ratios[name].items()]  # fmt: skip
        source = ColumnDataSource(
            dict(zip(("round", "setting", "ratio"), map(list, zip(*mine, strict=True)), strict=True))
        )
        dots = plot.scatter("round", "setting", source=source, size=8, **look.dots(backend))
        tooltips = [("", "@setting"), ("round", "@round"), ("to the fastest", "@ratio{0.00} x")]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tooltips))
    yield Chart(
        title="Race",
        caption="the rounds in which each setting was measured; shorter lines are settings dropped as slower. "
        "Hover for the time relative to the fastest of the round.",
        plot=plot,
    )


def _times(records: Sequence[Record]) -> tuple[dict[str, Times], dict[str, str]]:
    """Return the times of each setting, and its backend."""
    times_s: dict[str, Times] = defaultdict(dict)
    backends: dict[str, str] = {}
    for record in records:
        if record.wall_s:
            name = identity.setting_name(vars(record))
            times_s[name][record.round] = record.median_wall_s
            backends[name] = record.backend
    return times_s, backends


def _to_the_fastest(times_s: Mapping[str, Times]) -> dict[str, Times]:
    """Return the times as ratios to the fastest of each round."""
    fastest_s: Times = {}
    for rounds in times_s.values():
        for number, time_s in rounds.items():
            fastest_s[number] = min(time_s, fastest_s.get(number, time_s))
    return {
        name: {number: time_s / fastest_s[number] for number, time_s in sorted(rounds.items())}
        for name, rounds in times_s.items()
    }
