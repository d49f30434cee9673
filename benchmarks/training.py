"""Training speed of the built-in network on one core, side by side with its peers, in one run.

    OMP_NUM_THREADS=1 python benchmarks/training.py [--mnist DIR] [--rounds 5]

Every contender does the same work: the same number of epochs, batches and weight updates, weight decay, and
the accuracy on the validation part after each epoch. Times are milliseconds per trial, the best of the
rounds; the contenders take turns within a round, so that a noisy moment hits all of them.

`GEMM limit` is the time of the matrix products alone, float32, same shapes and counts, nothing between them.
scikit-learn is timed on float64 input, which is what its users pass and its data sets hold, and on float32;
each by the faster of two ways that its interface allows: fit() with early_stopping, which evaluates
inside, and partial_fit() with score() per epoch.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy loads its BLAS

import argparse
import gzip
import importlib
import itertools
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hpsearch.nn.memory import Work, best_stack_size
from hpsearch.nn.network import Architecture
from hpsearch.nn.settings import Settings
from hpsearch.nn.training import train

LR, MOMENTUM, DECAY = 0.01, 0.9, 1e-4


@dataclass(frozen=True)
class Data:
    X_train: npt.NDArray[Any]
    y_train: npt.NDArray[Any]
    X_val: npt.NDArray[Any]
    y_val: npt.NDArray[Any]


@dataclass(frozen=True)
class Case:
    name: str
    data: Data
    hidden: tuple[int, ...]
    batch: int
    epochs: int
    momentum: float
    stacks: tuple[int, ...]

    @property
    def widths(self) -> tuple[int, ...]:
        return (self.data.X_train.shape[1], *self.hidden, 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mnist", type=Path, help="folder of the MNIST IDX files; else random images")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for case in _cases(options.mnist):
        _report(case, _time_all(_contenders(case), options.rounds))


def _cases(mnist: Path | None) -> Sequence[Case]:
    images, digits = _images(mnist), _digits()
    return (
        Case("textbook 784-6x100-10, sgd", images, (100,) * 6, 100, 50, 0.0, (1, 2)),
        Case("digits 64-32-32-10, momentum", digits, (32, 32), 32, 5, MOMENTUM, (1, 8, 16, 32)),
        Case("digits 64-128-128-10, momentum", digits, (128, 128), 64, 5, MOMENTUM, (1, 4, 8)),
    )


def _images(mnist: Path | None) -> Data:
    """500 images: 400 to train, 100 to validate."""
    rng = np.random.default_rng(0)
    X, y = rng.random((500, 784), np.float32), rng.integers(0, 10, 500)
    if mnist is not None:
        with gzip.open(mnist / "train-images-idx3-ubyte.gz") as file:
            pixels = np.frombuffer(file.read(16 + 500 * 784), np.uint8, offset=16)
            X = pixels.reshape(500, 784).astype(np.float32) / np.float32(255)
        with gzip.open(mnist / "train-labels-idx1-ubyte.gz") as file:
            y = np.frombuffer(file.read(8 + 500), np.uint8, offset=8).astype(np.int64)
    return Data(X[:400], y[:400], X[400:], y[400:])


def _digits() -> Data:
    datasets = importlib.import_module("sklearn.datasets")
    X, y = datasets.load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    return Data(X[:1200], y[:1200], X[1200:], y[1200:])


def _contenders(case: Case) -> dict[str, tuple[int, Callable[[], object]]]:
    """Name -> (trials in one call, call)."""
    found: dict[str, tuple[int, Callable[[], object]]] = {"GEMM limit": (1, _products(case))}
    for K in case.stacks:
        found[f"hpsearch, stack of {K}"] = (K, partial(_hpsearch, case, K))
    for kind in (np.float64, np.float32):
        found[f"scikit-learn {kind.__name__}, fit"] = (1, partial(_sklearn_fit, case, kind))
        found[f"scikit-learn {kind.__name__}, partial_fit"] = (1, partial(_sklearn_partial, case, kind))
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        print("PyTorch is not installed: skipped")
    else:
        found["PyTorch float32"] = (1, partial(_torch, torch, case))
    return found


def _time_all(contenders: dict[str, tuple[int, Callable[[], object]]], rounds: int) -> dict[str, float]:
    """Milliseconds per trial of each contender, best of the rounds."""
    best = dict.fromkeys(contenders, np.inf)
    for _, (name, (trials, call)) in itertools.product(range(rounds), contenders.items()):
        start = time.perf_counter()
        call()
        best[name] = min(best[name], (time.perf_counter() - start) / trials * 1e3)
    return best


def _report(case: Case, times: dict[str, float]) -> None:
    ours = min(ms for name, ms in times.items() if name.startswith("hpsearch"))
    hint = best_stack_size(Work(Architecture(case.widths[0], case.hidden, 10), _optimizer(case), case.batch))
    print(f"\n{case.name}: batch {case.batch}, {case.epochs} epochs (best_stack_size {hint})")
    for name, ms in times.items():
        share = f"{ms / ours:6.2f} x our best {ms / times['GEMM limit']:6.2f} x the limit"
        print(f"  {name:<36} {ms:9.2f} ms per trial {share}")


def _optimizer(case: Case) -> str:
    return "momentum" if case.momentum else "sgd"


def _hpsearch(case: Case, K: int) -> object:
    hyper = {"lr": [LR] * K, "momentum": [case.momentum] * K, "weight_decay": [DECAY] * K}
    settings = Settings(_optimizer(case), case.batch, hyper)
    architecture = Architecture(case.widths[0], case.hidden, 10)
    return train(architecture, settings, case.data, seeds=range(K), order=(0, 0), epochs=case.epochs)


def _products(case: Case) -> Callable[[], object]:
    """All matrix products of one training run on preallocated contiguous arrays."""
    examples, val = len(case.data.X_train), len(case.data.X_val)
    full, rest = divmod(examples, case.batch)
    layers = [
        (size, *_matrices(size, *pair), times, depth > 0)
        for size, times in ((case.batch, full), (rest, 1), (val, 0))
        for depth, pair in enumerate(itertools.pairwise(case.widths))
        if size
    ]

    def run() -> None:
        for _ in range(case.epochs):
            for _size, X, W, Y, dX, dW, times, inner in layers:
                for _ in range(max(times, 1)):
                    np.matmul(X, W, out=Y)
                    if times:
                        np.matmul(X.T, Y, out=dW)
                    if times and inner:
                        np.matmul(Y, W.T, out=dX)

    return run


def _matrices(size: int, inputs: int, outputs: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    X, W = rng.random((size, inputs), np.float32), rng.random((inputs, outputs), np.float32)
    return X, W, np.zeros((size, outputs), np.float32), np.empty_like(X), np.empty_like(W)


def _sklearn(case: Case, **more: Any) -> Any:
    neural_network = importlib.import_module("sklearn.neural_network")
    return neural_network.MLPClassifier(
        case.hidden,
        solver="sgd",
        alpha=DECAY,
        batch_size=case.batch,
        learning_rate_init=LR,
        momentum=case.momentum,
        nesterovs_momentum=False,
        random_state=0,
        **more,
    )


def _sklearn_fit(case: Case, kind: type[np.floating]) -> None:
    X = np.concatenate([case.data.X_train, case.data.X_val]).astype(kind)
    y = np.concatenate([case.data.y_train, case.data.y_val])
    share = len(case.data.X_val) / len(X)
    stop = {"early_stopping": True, "validation_fraction": share, "n_iter_no_change": case.epochs}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged is the point
        _sklearn(case, max_iter=case.epochs, **stop).fit(X, y)


def _sklearn_partial(case: Case, kind: type[np.floating]) -> None:
    model, X, X_val = _sklearn(case), case.data.X_train.astype(kind), case.data.X_val.astype(kind)
    for _ in range(case.epochs):
        model.partial_fit(X, case.data.y_train, classes=range(10))
        model.score(X_val, case.data.y_val)


def _torch(torch: Any, case: Case) -> None:
    torch.set_num_threads(1)
    nn = torch.nn
    X, y, X_val, y_val = (torch.tensor(a) for a in vars(case.data).values())
    layers = [f(*pair) for pair in itertools.pairwise(case.widths) for f in (nn.Linear, lambda *_: nn.ReLU())]
    model = nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(model.parameters(), LR, momentum=case.momentum, weight_decay=DECAY)
    for _ in range(case.epochs):
        order, total = torch.randperm(len(X)), torch.zeros(())
        for chosen in order.split(case.batch):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(X[chosen]), y[chosen])
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(chosen)
        with torch.no_grad():
            outputs = model(X_val)
            _ = nn.functional.cross_entropy(outputs, y_val).item(), (outputs.argmax(1) == y_val).sum().item()


if __name__ == "__main__":
    main()
