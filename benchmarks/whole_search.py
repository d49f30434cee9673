"""A whole search, from the command to the written ranking, side by side with scikit-learn's, in one run.

    python benchmarks/whole_search.py --mnist DIR [--trials 100] [--rounds 3]

The textbook's search: 100 networks 784-6x100-10 on 400 MNIST images, each trained for 50 epochs (batch 100,
plain SGD) and judged on the same 100 further images; lr from 1e-6 to 1e-2 and weight decay from 1e-8 to 1e-4,
both on log scales. On both sides every trial is trained in full, two processes work, each with one BLAS
thread, and the time is that of a fresh process: start, reading the data, search, ranking. hpsearch also
evaluates after every epoch, journals every result and writes its run folder; RandomizedSearchCV scores each
model once, and is not made to train the best one again. scikit-learn is timed on float64, which is what
it makes of most data, and on float32. The contenders take turns; the best of the rounds counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

CONFIG = """
name: whole
objective:
  kind: mlp
  dataset: {{source: mnist, dir: {mnist}, limit: 500, split: [0.8, 0.2]}}
  hidden: [100, 100, 100, 100, 100, 100]
  optimizer: sgd
  batch_size: 100
  epochs: 50
space:
  lr: {{scale: log, low: 1e-6, high: 1e-2}}
  weight_decay: {{scale: log, low: 1e-8, high: 1e-4}}
search: {{sampler: random, trials: {trials}, halving: off, confirm: off}}
dispatch: {{workers: 2}}
"""

PEER = """
import gzip, sys, warnings
import numpy as np
from scipy.stats import loguniform
from sklearn.model_selection import PredefinedSplit, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier
from pathlib import Path

warnings.simplefilter("ignore")
folder, trials, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with gzip.open(folder / "train-images-idx3-ubyte.gz") as file:
    X = np.frombuffer(file.read(16 + 500 * 784), np.uint8, offset=16).reshape(500, 784).astype(kind) / 255
with gzip.open(folder / "train-labels-idx1-ubyte.gz") as file:
    y = np.frombuffer(file.read(8 + 500), np.uint8, offset=8)
model = MLPClassifier((100,) * 6, solver="sgd", momentum=0, nesterovs_momentum=False, batch_size=100, max_iter=50,
                      n_iter_no_change=50)
space = {"learning_rate_init": loguniform(1e-6, 1e-2), "alpha": loguniform(1e-8, 1e-4)}
split = PredefinedSplit([-1] * 400 + [0] * 100)
search = RandomizedSearchCV(model, space, n_iter=trials, n_jobs=2, cv=split, refit=False, random_state=0)
search.fit(X.astype(kind), y)
print(search.best_score_)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mnist", type=Path, required=True, help="folder of the MNIST IDX files")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        times = _time_all(_contenders(options.mnist.absolute(), options.trials, Path(folder)), options.rounds)
    ours = times["hpsearch"]
    for name, seconds in times.items():
        print(f"{name:<34} {seconds:7.2f} s {seconds / ours:6.2f} x hpsearch")


def _contenders(mnist: Path, trials: int, folder: Path) -> dict[str, Callable[[], None]]:
    config = folder / "whole.yaml"
    config.write_text(CONFIG.format(mnist=mnist, trials=trials), encoding="utf-8")
    ours = [sys.executable, "-m", "hpsearch", "run", str(config), "--overwrite", "--runs-dir", str(folder)]
    peers = [[sys.executable, "-c", PEER, str(mnist), str(trials), kind] for kind in ("float64", "float32")]
    names = ("hpsearch", "RandomizedSearchCV, float64", "RandomizedSearchCV, float32")
    return {name: partial(_run, command) for name, command in zip(names, [ours, *peers], strict=True)}


def _run(command: list[str]) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(command, check=True, env=environment, capture_output=True)


def _time_all(contenders: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Seconds of each contender, best of the rounds."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, call in contenders.items():
            start = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


if __name__ == "__main__":
    main()
