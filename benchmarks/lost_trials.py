"""What trials that end badly cost a search: where most diverge, where some fail by chance, after a mended mistake.

    python benchmarks/lost_trials.py --seeds 30

Distances are of the best of 40 trials from the best point there is, as geometric means over the seeds, beside those
of the same search in which nothing fails, with as many trials as did not fail.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable, Iterable
from typing import Any

from hpsearch import search
from hpsearch.engine.run import Run

SPACE = {name: {"scale": "linear", "low": 0, "high": 1} for name in "xy"}
#: A search of the broken function gives up after so many trials.
BROKEN = 5


def searched(
    function: Callable[..., float], trials: int, seed: int, *, mend: Callable[[], None] | None = None
) -> Run:
    """A search of `function`; with `mend`, one that is resumed after it was called."""
    config: dict[str, Any] = {
        "name": "lost",
        "seed": seed,
        "objective": {"kind": "python"},
        "space": SPACE,
        "search": {"trials": trials, "metric": "score", "goal": "maximize"},
        "dispatch": {"executor": "serial"},
    }
    with tempfile.TemporaryDirectory() as folder:
        found = search(config, function, runs_dir=folder).run
        if mend is None:
            return found
        mend()
        return search(config, function, runs_dir=folder, mode="resume").run


def band(x: float, y: float) -> float:
    """Finite in a narrow band only."""
    del y
    return x if 0.90 < x < 0.93 else math.nan


def fine(x: float, y: float) -> float:
    """Minus the distance from the best point."""
    return -math.hypot(x - 0.186, y - 0.2067)


def unlucky(x: float, y: float, seed: int) -> float:
    """One trial in five fails, whatever it tries."""
    if seed % 5 == 0:
        raise OSError("disk")
    return fine(x, y)


def repaired(seed: int) -> Run:
    """A search of a function that fails until it is mended."""
    mended = list[bool]()

    def broken(x: float, y: float) -> float:
        if not mended:
            raise NameError("undefined")
        return fine(x, y)

    return searched(broken, 40, seed, mend=lambda: mended.append(True))


def distance(runs: Iterable[Run]) -> float:
    """The geometric mean of how far the best trials are from the best point."""
    scores = [run.best.value(run.metric) for run in runs if run.best]
    return math.exp(math.fsum(math.log(-score) for score in scores) / len(scores))


def of_the_band(run: Run) -> tuple[int, int]:
    """How many trials came after the third that ended well, and how many of them did too."""
    well = sorted(standing.trial.number for standing in run.ranked)
    later = [standing for standing in run.standings if len(well) > 2 and standing.trial.number > well[2]]
    return len(later), sum(standing.rank is not None for standing in later)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    seeds = range(parser.parse_args().seeds)
    bands = [of_the_band(searched(band, 160, seed)) for seed in seeds]
    later, well = (sum(pair[place] for pair in bands) for place in (0, 1))
    share = 100 * well / later
    print(f"finite in 3 % of the space: {share:.0f} % of the trials after the third success ended well")
    chance = [searched(unlucky, 40, seed) for seed in seeds]
    left = round(sum(len(run.ranked) for run in chance) / len(chance))
    for what, runs, trials in (
        ("one in five fails by chance", chance, left),
        (f"the first {BROKEN} failed, mended and resumed", [repaired(seed) for seed in seeds], 40 - BROKEN),
    ):
        there, whole = distance(runs), distance(searched(fine, trials, seed) for seed in seeds)
        print(
            f"{what}: {there:.4f}, {whole:.4f} where {trials} trials do not fail: {there / whole:.2f} times"
        )


if __name__ == "__main__":
    main()
