"""What is worth knowing before a search: is the data fit to learn from, and does the network learn at all?

Each check is one `Check`: a verdict, what was found, and what to do about it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hpsearch.nn.examples import Data
from hpsearch.nn.gradient_check import gradient_check
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.parameters import Array
from hpsearch.nn.settings import PATIENCE, Settings
from hpsearch.nn.training import initial, train

Verdict = Literal["pass", "warn", "fail"]

#: Rows that are passed through the network to look at its activations.
_ROWS = 256
#: The small batch that every sound network can learn by heart, and for how many steps it may try.
_SMALL, _STEPS = 32, 300
#: A column that varies so many times less than another hardly counts; and how many columns are named.
_NARROW, _NAMED = 1000, 5
#: What it must reach: accuracy, or r2, which comes close to 1 much more slowly.
_BY_HEART = {"classification": 0.99, "regression": 0.8}
#: From here on it learns, and only lacks a little.
_NEARLY = {"classification": 0.9, "regression": 0.5}
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
#: Inputs that all vary less than this are small beside the first weights.
_FLAT = 0.02
#: The initializer that keeps the size of a signal, where it is not he.
_INITIALIZERS = {"sigmoid": "glorot", "tanh": "glorot", "selu": "lecun"}
#: Inputs beyond this are not scaled.
_LARGE = 100
#: Outputs this close to the ends of a bounded activation have next to no slope.
_BOUNDS = {"sigmoid": (0.01, 0.99), "tanh": (-0.98, 0.98)}


@dataclass(frozen=True)
class Check:
    """One line of the diagnosis."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


def _check(name: str, found: str, *problems: tuple[bool, Verdict, str]) -> Check:
    """The first of the (is it so, verdict, remedy), worst first; else a pass."""
    for holds, verdict, remedy in problems:
        if holds:
            return Check(name, verdict, found, remedy)
    return Check(name, "pass", found)


# -- the data ----------------------------------------------------------------------------------------------


def check_data(
    data: Data,
    classes: Sequence[str],
    differences: Sequence[str] = (),
    *,
    images: bool = False,
    filled: Sequence[str] = (),
) -> Iterator[Check]:
    """Classes, values that are not finite, columns without information or scale, and how alike the parts are.

    `differences`: what was found between training and validation. `images`: the columns are pixels, some of which
    never change. `filled`: columns whose gaps were filled in.
    """
    if classes:
        yield _classes(data, classes)
    lost = sum(int((~np.isfinite(X)).any(axis=1).sum()) for X in (data.X_train, data.X_val))
    gaps = f"; gaps were filled in {', '.join(filled)}" if filled else ""
    yield _check(
        "missing values",
        f"{lost} rows with NaN or infinity{gaps}",
        (lost > 0, "fail", "fill or leave them out"),
    )
    yield from _columns(data.X_train.astype(np.float64), images=images)
    yield _alike(differences)


def _classes(data: Data, classes: Sequence[str]) -> Check:
    counts = np.bincount(data.y_train, minlength=len(classes))
    least, most = int(counts.argmin()), int(counts.argmax())
    return _check(
        "classes",
        f"{len(classes)} classes in {len(data.y_train)} training rows; the largest, {classes[most]!r}, has "
        f"{counts[most] / counts.sum():.0%}, the smallest, {classes[least]!r}, {counts[least]} rows",
        (counts[least] == 0, "fail", "a class without training rows cannot be learned; give more data"),
        (counts[most] > 10 * counts[least], "warn", "accuracy hides rare classes; collect more of them"),
    )


def _columns(X: Array, *, images: bool) -> Iterator[Check]:
    mean, spread = X.mean(axis=0), X.std(axis=0)
    constant, total = np.ptp(X, axis=0) == 0, X.shape[1]
    yield _check(
        "constant columns",
        f"{int(constant.sum())} of {total}{_which(constant)}",
        (bool(constant.all()), "fail", "nothing can be learned from constants; look at the data"),
        (2 * constant.sum() > total, "warn", "more than half teach nothing; leave them out"),
        (bool(constant.any()) and not images, "warn", "they teach nothing; leave them out"),
    )
    far = (np.abs(mean) > 10) | (spread > 10)
    narrow = ~constant & (spread < spread.max() / _NARROW) & (not images)
    found = f"columns have means from {mean.min():.3g} to {mean.max():.3g} and deviations up to {spread.max():.3g}"
    yield _check(
        "scale",
        f"{found}{_which(far) or _which(narrow)}",
        (bool(far.any()), "warn", "large inputs need tiny learning rates; use scaling: standard"),
        (bool(narrow.any()), "warn", "they hardly count beside the others; use scaling: standard"),
        (
            bool((spread < _FLAT).all()),
            "warn",
            "rows hardly differ, so learning is slow; use scaling: standard",
        ),
    )


def _which(columns: npt.NDArray[np.bool_]) -> str:
    """The columns, unless they are all or none."""
    places = np.flatnonzero(columns)
    if len(places) in (0, len(columns)):
        return ""
    more = ", ..." if len(places) > _NAMED else ""
    noun = "column" if len(places) == 1 else "columns"
    return f"; {noun} {', '.join(map(str, places[:_NAMED]))}{more} (counted from 0)"


def _alike(differences: Sequence[str]) -> Check:
    return _check(
        "train and validation",
        "; ".join(differences) or "columns and target are distributed alike",
        (bool(differences), "warn", "scores on validation may mislead; draw both from the same rows"),
    )


# -- the network -------------------------------------------------------------------------------------------


def check_network(
    architecture: Architecture, settings: Settings, data: Data, *, seed: int
) -> Iterator[Check]:
    """Loss at the start, gradient, overfitting a small batch, and the activations of each layer."""
    network = Network(architecture)
    parameters = initial(network, settings, [seed]).parameters
    X, y = data.X_train[:_ROWS], data.y_train[:_ROWS]
    yield _first_loss(network, parameters, X, y, np.abs(X).max() > _LARGE)
    yield _gradient(network, settings, data, seed)
    yield _by_heart(architecture, settings, data, seed)
    yield from check_activations(network, parameters, X)


def _first_loss(network: Network, parameters: Array, X: Array, y: npt.NDArray[Any], large: bool) -> Check:
    losses = np.empty((1, len(X)), parameters.dtype)
    targets = network.loss.targets(y, network.architecture.outputs, parameters.dtype)
    _begun(network, parameters, len(X)).learn(X, targets, losses, _rng())
    loss, classes = float(losses.mean()), network.architecture.outputs
    smaller = "scale the inputs: scaling: standard" if large else "use initializer: he or glorot"
    if network.architecture.loss != "cross_entropy":
        return _check(
            "first loss", f"{loss:.3g}", (not math.isfinite(loss), "fail", f"it explodes; {smaller}")
        )
    expected = math.log(classes)
    what = "inputs" if large else "first weights"
    return _check(
        "first loss",
        f"{loss:.3g}; a network that knows nothing has log {classes} = {expected:.3g}",
        (not loss < 10 * expected, "fail", f"the {what} are far too large; {smaller}"),
        (loss > 2 * expected, "warn", f"the {what} are large; {smaller}"),
    )


def _begun(network: Network, parameters: Array, rows: int) -> Pass:
    """A pass as in the first step of a training without dropout: batch normalization knows no averages yet."""
    gradients = np.zeros((1, network.layout.learned), parameters.dtype)
    return Pass(network, parameters.copy(), gradients, rows, training=True)


def _rng() -> np.random.Generator:
    """For what layers draw in a pass that is only looked at."""
    return np.random.default_rng(0)


def _gradient(network: Network, settings: Settings, data: Data, seed: int) -> Check:
    hyper = {name: float(np.max(settings.hyper[name])) for name in settings.hyper}
    rows = slice(0, max(5, network.smallest_batch))
    # Inputs of ordinary size: differences of huge losses are rounding, and say nothing about the backward pass.
    X = data.X_train[rows] / max(1.0, float(np.abs(data.X_train[rows]).max()))
    check = gradient_check(network, X, data.y_train[rows], hyper=hyper, seed=seed, limit=60)
    return _check(
        "gradient",
        f"worst relative error {check.errors[0]:.1e} of {len(check.names)} parameters",
        (not check.passed, "fail", f"the backward pass is wrong:\n{check}"),
    )


def _by_heart(architecture: Architecture, settings: Settings, data: Data, seed: int) -> Check:
    name, wanted = "small batch", _BY_HEART[architecture.task]
    own = _accuracy_by_heart(architecture, settings, data, seed)
    learned = f"{own:.0%} of {min(_SMALL, len(data.X_train))} rows learned by heart in {_STEPS} steps"
    if own >= wanted:
        return Check(name, "pass", learned)
    sure = {"lr": 0.003, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    adam = Settings("adam", settings.batch_size, {**settings.hyper, **sure})
    reached = _accuracy_by_heart(architecture, adam, data, seed)
    if reached >= wanted:
        return Check(
            name, "warn", learned, f"adam with lr 0.003 reaches {reached:.0%}: use another lr or optimizer"
        )
    learned = f"{learned}; {reached:.0%} with adam"
    if max(own, reached) >= _NEARLY[architecture.task]:
        return Check(name, "warn", learned, "the network is small for its data: use more units or layers")
    classes = architecture.task == "classification"
    loss = "loss: cross_entropy, or " if classes and architecture.loss != "cross_entropy" else ""
    return Check(
        name,
        "fail",
        learned,
        f"the network cannot learn: mend what else is named here, then use {loss}another initializer, activation "
        "or width; and look at the labels",
    )


@dataclass(frozen=True)
class _Part:
    X_train: npt.NDArray[Any]
    y_train: npt.NDArray[Any]
    X_val: npt.NDArray[Any]
    y_val: npt.NDArray[Any]


def _accuracy_by_heart(architecture: Architecture, settings: Settings, data: Data, seed: int) -> float:
    X, y = data.X_train[:_SMALL], data.y_train[:_SMALL]
    free: Mapping[str, Any] = {**settings.hyper, **dict.fromkeys(_REGULARISERS, 0.0), "warmup_epochs": 0.0}
    plain = replace(settings, hyper=free, batch_size=_SMALL, lr_schedule="constant", full_epochs=None)
    shape = replace(architecture, dropout="off", input_dropout=False)
    done = train(shape, plain, _Part(X, y, X, y), seeds=[seed], order=(seed, 0), epochs=_STEPS)
    name = next(iter(Network(shape).metrics))
    return float(np.nan_to_num(done.curves[f"val_{name}"][0, -1]))


# -- the activations ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Activity:
    """The outputs of a hidden layer: mean, standard deviation, share of units that are the same for all rows, and
    share of outputs at the ends of a bounded activation.
    """

    mean: float
    spread: float
    dead: float
    saturated: float


def activity(network: Network, parameters: Array, X: Array) -> list[Activity]:
    """What each hidden layer of the one network in `parameters` (1, P) makes of X (B, I)."""
    low, high = _BOUNDS.get(network.architecture.activation, (-np.inf, np.inf))
    activities = []
    for number, A_KBO in enumerate(_begun(network, parameters, len(X)).layers(X, _rng())):
        if number % 2 == 0:  # a dense layer: each activation follows one
            continue
        A = A_KBO[0].astype(np.float64)
        ends = (low > A) | (high < A)
        activities.append(
            Activity(
                float(A.mean()), float(A.std()), float((A.std(axis=0) < 1e-12).mean()), float(ends.mean())
            )
        )
    return activities


def check_activations(network: Network, parameters: Array, X: Array) -> Iterator[Check]:
    """Whether the signal dies out, explodes or saturates on its way through the first network."""
    better = _remedy(network.architecture, X)
    for depth, layer in enumerate(activity(network, parameters, X), start=1):
        yield _check(
            f"layer {depth}",
            f"mean {layer.mean:.2g}, spread {layer.spread:.2g}, {layer.dead:.0%} dead, "
            f"{layer.saturated:.0%} saturated",
            (layer.dead > 0.9, "fail", f"the signal is lost here; {better}"),
            (not layer.spread > 1e-3, "fail", f"the signal dies out; {better}"),
            (not layer.spread < 100, "fail", f"the signal explodes; {better}"),
            (layer.dead > 0.4, "warn", f"many units are dead; {better}, or activation: leaky_relu"),
            (layer.saturated > 0.4, "warn", f"little gradient gets through; {better}, or activation: relu"),
            (layer.spread < 0.02, "warn", f"the signal is weak; {better}"),
        )


def _remedy(architecture: Architecture, X: Array) -> str:
    """What keeps the signal at its size: sound inputs, then the initializer for the activation, else batch norm."""
    if not X.std() > 0:
        return "the inputs say nothing: look at the data"
    if np.abs(X).max() > _LARGE:
        return "scale the inputs: scaling: standard"
    best = _INITIALIZERS.get(architecture.activation, "he")
    if architecture.initializer.removesuffix("_uniform") != best:
        return f"use initializer: {best}, or batch_norm: before"
    return "use batch_norm: before" if architecture.batch_norm == "off" else "use fewer layers, or wider ones"


# -- bias and variance -------------------------------------------------------------------------------------

#: What a person would reach, where the search has no target.
_WANTED = 0.97
_GAP = 0.03


def bias_and_variance(train_acc: float, val_acc: float, wanted: float | None = None) -> tuple[str, list[str]]:
    """Which of the four cases, and what helps.

    >>> bias_and_variance(1.0, 0.9)[0]
    'high variance: it does better on what it has seen (100.0 %) than on new data (90.0 %)'
    """
    bias = (_WANTED if wanted is None else wanted) - train_acc > 0.005
    variance = train_acc - val_acc > _GAP
    shown = f"{train_acc:.1%} on what it has seen, {val_acc:.1%} on new data".replace("%", " %")
    more = ["a larger network: more hidden_units or hidden_layers", "more epochs, or another lr or optimizer"]
    less = [
        "more data, or augmented data",
        "more dropout or weight_decay, or early_stopping",
        "a smaller network",
    ]
    if bias and variance:
        return f"high bias and high variance: {shown}", [*more, *less[:2]]
    if bias:
        return f"high bias: {shown}", [*more, "less dropout and weight_decay"]
    if variance:
        seen, new = f"{train_acc:.1%}".replace("%", " %"), f"{val_acc:.1%}".replace("%", " %")
        return f"high variance: it does better on what it has seen ({seen}) than on new data ({new})", less
    return f"low bias and low variance: {shown}", ["nothing is needed; a search may still find a little more"]
