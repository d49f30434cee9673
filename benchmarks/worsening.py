"""What a metric that gets worse with more epochs costs a search with halving, beside one that improves.

    python benchmarks/worsening.py --seeds 30

Epochs trained in all, as multiples of those of the same search whose metric improves as fast: the mean over all
seeds, and the worst of them. A full training has 27 epochs; the metric turns after as many as the table says. The
status is 1 where a metric that worsens from the first epoch on costs more than 1.3 times.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from hpsearch import search
from hpsearch.engine.run import Run

#: No search may spend more than so many times the epochs.
MOST = 1.3
TURNS, TRIALS = (1, 3, 9), (10, 30, 60, 120)
SPACE = {name: {"scale": "linear", "low": 0, "high": 1} for name in "xy"}


def searched(trials: int, seed: int, drift: Callable[[int], float], confirm: bool) -> Run:
    """A search of a bowl, whose loss is moved by `drift(epochs)`."""

    def train(x: float, y: float, epochs: int) -> dict[str, float]:
        return {"val_loss": 0.3 + (x - 0.4) ** 2 + (y - 0.6) ** 2 + drift(epochs)}

    config: dict[str, Any] = {
        "name": "worsening",
        "seed": seed,
        "objective": {"kind": "python", "epochs": 27},
        "space": SPACE,
        "search": {"trials": trials, "metric": "val_loss", "confirm": {} if confirm else "off"},
        "dispatch": {"executor": "serial"},
    }
    with tempfile.TemporaryDirectory() as folder:
        return search(config, train, runs_dir=folder).run


def spent(run: Run) -> float:
    """The epochs that a search has trained in all."""
    again = sum(result.epochs for result in run.results if result.replicate)
    return again + sum(run.searched(trial)[-1].epochs for trial in run.by_trial)


def ratios(trials: int, seeds: int, turn: int, *, confirm: bool) -> list[float]:
    """For each seed, how many times the epochs are spent that an improving metric takes."""
    return [
        spent(searched(trials, seed, lambda epochs: 0.02 * abs(epochs - turn), confirm))
        / spent(searched(trials, seed, lambda epochs: -0.02 * epochs, confirm))
        for seed in range(seeds)
    ]


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    seeds, met = parser.parse_args().seeds, True
    for confirm in (False, True):
        for trials in TRIALS:
            for turn in TURNS:
                found = ratios(trials, seeds, turn, confirm=confirm)
                mean, worst = sum(found) / seeds, max(found)
                met &= turn > 1 or worst <= MOST
                how = "confirmed" if confirm else "not confirmed"
                print(
                    f"{trials:>3} trials, {how}, worse after epoch {turn}: {mean:.2f} times, worst {worst:.2f}",
                    flush=True,
                )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
