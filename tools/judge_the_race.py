"""How often a race names the best candidate, on simulated times with the noise of measured runs.

    .venv/bin/python tools/judge_the_race.py RUN... [--races N] [--seed N]

The noise is taken from the records in the folders RUN: after fitting an effect of each case and of each
round to the logarithms of the times, the residuals of a case are what a measurement differs by, and the
effects of the rounds are the drift of the machine. A simulated candidate has a true time, the residuals
of a case drawn at random, and the drift of all.
"""

from pathlib import Path

import click
import numpy as np

from rasterbout.race.budget import fitting
from rasterbout.race.elimination import Race, Rules
from rasterbout.record_file import RecordFile

BACKENDS, CHUNKS = 8, 5
CANDIDATES = BACKENDS * CHUNKS
EXHAUSTIVE_ROUNDS = 10
MOST = CANDIDATES * EXHAUSTIVE_ROUNDS // 3
"""Measurements that a race may take: a third of those of the exhaustive grid."""

SPREAD = 30.0
"""True times of backends differ by up to this factor."""

CHUNK_SPREAD = 0.15
"""Standard deviation of the logarithms of the true times of one backend with several chunks."""

GOOD = 1.05
"""A choice within this factor of the best is right."""


class Noise:
    """Residuals of cases and drift of rounds, of measured runs."""

    def __init__(self, folders: tuple[Path, ...], chance: np.random.Generator) -> None:
        self._chance = chance
        self.residuals: list[np.ndarray] = []
        self.drift: list[np.ndarray] = []
        for folder in folders:
            self._read(folder)
        if not self.residuals:
            raise click.ClickException("these runs have no case of three rounds")

    def _read(self, folder: Path) -> None:
        times: dict[object, dict[int, float]] = {}
        for record in RecordFile(folder / "records.jsonl").read():
            if record.status == "ok" and record.wall_s:
                times.setdefault(record.case, {})[record.round] = np.log(record.median_wall_s)
        rounds = sorted({number for one in times.values() for number in one})
        table = np.array([[one[number] for number in rounds] for one in times.values() if len(one) == len(rounds)])
        if table.size == 0 or len(rounds) < 3:
            return
        drift = table.mean(axis=0) - table.mean()
        freedom = (1 - 1 / len(rounds)) * (1 - 1 / len(table)) if len(table) > 1 else 1 - 1 / len(rounds)
        residuals = (table - table.mean(axis=1, keepdims=True) - drift) / np.sqrt(freedom)
        self.residuals += list(residuals)
        self.drift.append(drift)

    def of_candidates(self, count: int) -> list[np.ndarray]:
        """Return the residuals that each of ``count`` candidates draws from."""
        return [self.residuals[number] for number in self._chance.integers(len(self.residuals), size=count)]

    def of_rounds(self, count: int) -> np.ndarray:
        """Return the drift of ``count`` rounds, shape (count,)."""
        return self._chance.choice(np.concatenate(self.drift), size=count)


def run_race(truth: np.ndarray, noise: Noise, chance: np.random.Generator) -> tuple[Race, int]:
    """Run a race over candidates of these true times, and return it with the number of its measurements."""
    own = noise.of_candidates(len(truth))
    race = Race([str(number) for number in range(len(truth))], Rules())
    measured = 0
    running = race.alive
    while running:
        drift = noise.of_rounds(1)[0]
        times = {name: truth[int(name)] * np.exp(drift + chance.choice(own[int(name)])) for name in running}
        measured += len(times)
        race.add(times)
        running = fitting([race], len, MOST - measured)
    return race, measured


def true_times(chance: np.random.Generator) -> np.ndarray:
    """Return true times of all candidates, shape (CANDIDATES,)."""
    backends = np.exp(chance.uniform(0, np.log(SPREAD), size=BACKENDS))
    return np.concatenate([one * np.exp(chance.normal(0, CHUNK_SPREAD, size=CHUNKS)) for one in backends])


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--races", default=1000, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(runs: tuple[Path, ...], races: int, seed: int) -> None:
    """Simulate races with a known best candidate, and with twins in front."""
    chance = np.random.default_rng(seed)
    noise = Noise(runs, chance)
    deviations = [float(one.std()) for one in noise.residuals]
    click.echo(f"noise of {len(deviations)} cases: standard deviation {min(deviations):.3f} to {max(deviations):.3f}")
    good = kept = called = 0
    taken: list[int] = []
    for _ in range(races):
        truth = true_times(chance)
        race, measured = run_race(truth, noise, chance)
        taken.append(measured)
        good += truth[int(race.leader or 0)] <= GOOD * truth.min()
        kept += str(truth.argmin()) in race.alive
    for _ in range(races):
        truth = true_times(chance)
        first, second = np.argsort(truth)[:2]
        truth[second] = truth[first]
        race, _ = run_race(truth, noise, chance)
        called += {str(first), str(second)} <= set(race.alive)
    share = np.array(taken) / (CANDIDATES * EXHAUSTIVE_ROUNDS)
    click.echo(f"{good} of {races} races named a candidate within {GOOD - 1:.0%} of the best")
    click.echo(f"{kept} of {races} races kept the best to the end")
    click.echo(f"measurements: {share.mean():.0%} of the exhaustive grid's, at most {share.max():.0%}")
    click.echo(f"{called} of {races} races with twins in front found them too close to call")


if __name__ == "__main__":
    main()
