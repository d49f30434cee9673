"""Does the network learn a small batch by heart? Every sound one can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from hpsearch.nn.diagnostics.check import Check
from hpsearch.nn.figures import Task
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.parameters import Array
from hpsearch.nn.settings import PATIENCE, Settings
from hpsearch.nn.training import train

#: The small batch that every sound network can learn by heart, and for how many steps it may try.
_SMALL, _STEPS = 32, 300
#: What it must reach: accuracy, or r2, which comes close to 1 much more slowly.
_BY_HEART = {"classification": 0.99, "regression": 0.8}
#: From here on it learns, and lacks size: r2, or the share it gets right of what guessing gets wrong.
_NEARLY = 0.5
#: Hyperparameters that keep a network from learning by heart.
_REGULARISERS = (
    "weight_decay",
    "l1",
    "dropout",
    "input_dropout",
    "alpha_dropout",
    "label_smoothing",
    PATIENCE,
)


def check_by_heart(
    architecture: Architecture, settings: Settings, X: Array, y: npt.NDArray[Any], seed: int
) -> Check:
    """Whether a small batch of the rows X (N, I), which were drawn at random, is learned by heart."""
    name, task = "small batch", architecture.task
    X, y = small_batch(X, y, task)
    own = score_by_heart(architecture, settings, X, y, seed)
    learned = f"{_said(own, task, len(X))} learned by heart in {_STEPS} steps"
    if own >= _BY_HEART[task]:
        return Check(name, "pass", learned)
    sure = {"lr": 0.003, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    adam = Settings("adam", settings.batch_size, {**settings.hyper, **sure})
    reached = score_by_heart(architecture, adam, X, y, seed)
    if reached >= _BY_HEART[task]:
        remedy = f"adam with lr 0.003 reaches {_figure(reached, task)}: use another lr or optimizer"
        return Check(name, "warn", learned, remedy)
    learned = f"{learned}; {_figure(reached, task)} with adam"
    if (max(own, reached) - _guessed(y, task)) / (1 - _guessed(y, task)) >= _NEARLY:
        return Check(name, "warn", learned, "the network is small for its data: use more units or layers")
    loss = (
        "loss: cross_entropy, or "
        if task == "classification" and architecture.loss != "cross_entropy"
        else ""
    )
    return Check(
        name,
        "fail",
        learned,
        f"the network cannot learn: mend what else is named here, then use {loss}another initializer, activation "
        "or width; and look at the labels",
    )


def _guessed(y: npt.NDArray[Any], task: Task) -> float:
    """What who knows nothing reaches: the share of the commonest label, or an r2 of 0."""
    return float(np.unique(y, return_counts=True)[1].max() / len(y)) if task == "classification" else 0.0


def small_batch(X: Array, y: npt.NDArray[Any], task: Task) -> tuple[Array, npt.NDArray[Any]]:
    """Of the rows X (N, I) in their order a few that a sound network can learn, and cannot without having learned.

    No two have equal inputs, whose labels could contradict each other; there are as many different labels as may
    be; and numbers have mean 0 and deviation 1, though rows far from all others may not be among them.
    """
    distinct = np.sort(np.unique(X, axis=0, return_index=True)[1])
    if len(distinct) < 2:  # batch normalization needs two, and no input says anything
        distinct = np.arange(len(X))
    labels = np.sort(np.unique(y[distinct], return_index=True)[1])
    order = [*labels, *np.setdiff1d(np.arange(len(distinct)), labels)]
    rows = distinct[order[:_SMALL]]
    return X[rows], y[rows] if task == "classification" else _standard(y[rows])


def _standard(y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    numbers = y.astype(np.float64)
    apart = (numbers - numbers.mean()) / (numbers.std() or 1.0)
    return np.asarray(apart.astype(y.dtype))


def _said(score: float, task: Task, rows: int) -> str:
    return f"{_figure(score, task)} {'of' if task == 'classification' else 'on'} {rows} rows"


def _figure(score: float, task: Task) -> str:
    """A share, or r2, which has no lower end: below 0 the mean of the numbers would have done better."""
    if task == "classification":
        return f"{score:.0%}"
    return f"r2 {score:.2f}" if score >= 0 else "r2 below 0"


class _Part(Struct, frozen=True):
    X_train: npt.NDArray[Any]
    y_train: npt.NDArray[Any]
    X_val: npt.NDArray[Any]
    y_val: npt.NDArray[Any]


def score_by_heart(
    architecture: Architecture, settings: Settings, X: Array, y: npt.NDArray[Any], seed: int
) -> float:
    """Accuracy or r2 of the network on the rows that it was trained with, unhindered; 0 where it diverges."""
    free: Mapping[str, Any] = {**settings.hyper, **dict.fromkeys(_REGULARISERS, 0.0), "warmup_epochs": 0.0}
    plain = replace(settings, hyper=free, batch_size=_SMALL, lr_schedule="constant", full_epochs=None)
    shape = replace(architecture, dropout="off", input_dropout=False)
    done = train(shape, plain, _Part(X, y, X, y), seeds=[seed], order=(seed, 0), epochs=_STEPS)
    name = next(iter(Network(shape).metrics))
    return float(np.nan_to_num(done.curves[f"val_{name}"][0, -1]))
