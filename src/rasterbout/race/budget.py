"""Which candidates the rest of a budget is spent on.

If there is no time for many more rounds of all, the slowest are not measured again, as in successive halving
(K. Jamieson, A. Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", AISTATS 2016).
They stay survivors: nothing says that they are slower.
"""

from collections.abc import Callable, Collection, Sequence

from rasterbout.race.elimination import Name, Race, State

AHEAD = 6
"""Rounds that the candidates of the next one should be able to run; two of each race go on with fewer."""


def fitting(races: Collection[Race[Name]], expected: Callable[[Sequence[Name]], float], left: float) -> list[Name]:
    """Return the candidates of undecided races for the next round; none if two of each do not fit in it.

    Parameters
    ----------
    expected
        Returns what a round of these candidates takes, in the unit of ``left``.
    left
        The rest of the budget.
    """
    ranks = [list(race.ranked().items()) for race in races if race.state is State.OPEN]

    def chosen() -> list[Name]:
        return [name for ranked in ranks for name, _ in ranked]

    while expected(chosen()) * AHEAD > left and any(len(ranked) > 2 for ranked in ranks):
        max((ranked for ranked in ranks if len(ranked) > 2), key=lambda ranked: ranked[-1][1]).pop()
    return chosen() if expected(chosen()) <= left else []
