"""What deciding costs: milliseconds of CPU for each proposal of the default sampler.

    python benchmarks/deciding.py [--times 20]

A search has tried so many points at random, some of which still run; what is timed is its next round. The fewest
milliseconds of several times, since other work on the machine only adds to them.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})  # as hpsearch does
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.search_quality import ENDLESS
from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.engine.history import History
from hpsearch.engine.plan import Plan
from hpsearch.samplers.coarse_to_fine import CoarseToFine
from hpsearch.space import SCALES, Choice, Integer, Real, Space
from hpsearch.space.parameters import When

FOUR = (
    Real("lr", SCALES["log"](1e-4, 1)),
    Real("weight_decay", SCALES["log"](1e-8, 1e-2)),
    Real("momentum", SCALES["one_minus_log"](0.9, 0.999)),
    Integer("units", SCALES["log"](16, 256)),
)
NINE = (
    *FOUR,
    Choice("activation", ("relu", "tanh", "gelu")),
    Choice("optimizer", ("sgd", "adam")),
    Integer("layers", SCALES["linear"](1, 5)),
    Choice("batch_size", (16, 32, 64, 128)),
    Real("dropout", SCALES["linear"](0, 0.8)),
)
#: The same, half of them only with one value of another, as where each optimizer has numbers of its own.
ASKED: dict[str, When] = {
    "momentum": {"optimizer": ("sgd",)},
    "weight_decay": {"optimizer": ("adam",)},
    "units": {"layers": (2, 3, 4, 5)},
    "dropout": {"layers": (3, 4, 5)},
}
CONDITIONAL = tuple(replace(parameter, when=ASKED.get(parameter.name, {})) for parameter in NINE)
#: Trials of a round, results before it, and trials that still run: one after the other, the default, and a crowd.
CASES = ((1, 200, 0), (1, 200, 8), (8, 200, 0), (64, 384, 256))


def a_history(space: Space, results: int, running: int) -> History:
    """So many trials at random that have ended, and so many that run: lower is better near 0.4 everywhere."""
    history = History(space, Metric("loss", "minimize"))
    units = np.random.default_rng(0).random((results + running, len(space)))
    losses = ((units - 0.4) ** 2).sum(1) + 0.01 * np.sin(40 * units.sum(1))
    configs = space.decode(units)
    history.add_round([Job(Trial(number, 0, config, 0), 1) for number, config in enumerate(configs)])
    for number in range(results):
        history.add(Result(number, 1, "done", {"loss": float(losses[number])}))
    return history


def deciding(space: Space, size: int, results: int, running: int, times: int) -> float:
    """Milliseconds of CPU for each trial of the next round, at best."""
    plan = Plan(space, CoarseToFine(), Streams(0), ENDLESS, size)
    history = a_history(space, results, running)
    took = []
    for _ in range(times):
        begun = time.process_time()
        jobs = plan.next_round(history)
        took.append(1000 * (time.process_time() - begun) / len(jobs))
    return min(took)


def main() -> None:
    """Time every case, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    args = parser.parse_args()
    print(f"{'':28}  ms of CPU a proposal")
    heads = f"{'a round of':>10}  {'results':>7}  {'running':>7}"
    print(f"{heads}  {'4 numbers':>9}  {'9 mixed':>7}  {'conditional':>11}")
    for size, results, running in CASES:
        spaces = (Space(parameters) for parameters in (FOUR, NINE, CONDITIONAL))
        four, nine, some = (deciding(space, size, results, running, args.times) for space in spaces)
        print(f"{size:>10}  {results:>7}  {running:>7}  {four:>9.2f}  {nine:>7.2f}  {some:>11.2f}")


if __name__ == "__main__":
    main()
