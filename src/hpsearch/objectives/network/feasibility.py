"""What the data and the files of a search decide, checked before anything runs: with the lines of the YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
from msgspec.structs import replace

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.config.schema import Spec
from hpsearch.core.errors import InputError
from hpsearch.core.installation import adding
from hpsearch.core.registry import Registry
from hpsearch.data.folded import Folded
from hpsearch.data.prepared import Prepared
from hpsearch.data.tables.texts import excerpt
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.figures import asked_for
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.memory import bytes_needed
from hpsearch.nn.network import Network
from hpsearch.nn.optimizers import OPTIMIZERS
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.nn.weights import load_weights
from hpsearch.objectives.kind import refused
from hpsearch.objectives.network.fields import Augment
from hpsearch.objectives.network.rules import augmenting, place, possible, reach, sources
from hpsearch.objectives.network.settings import network_of
from hpsearch.objectives.network.trainer import architecture, work

#: Hyperparameter -> where its values are found by name.
_PIECES: Mapping[str, Registry[Any]] = {
    "optimizer": OPTIMIZERS,
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "lr_schedule": SCHEDULES,
    "loss": LOSSES,
}
#: Pieces of augmentation that interpolate between pixels.
_MOVES = ("shift", "rotate", "scale")
#: Numbers that take memory where they are not 0.
_EXTRAS = ("dropout", "input_dropout", "early_stopping")
_NO_AUGMENTATION = dict.fromkeys(("augment", *(f"augment_{piece}" for piece in Augment.model_fields)))


def check_feasible(spec: Spec, data: Prepared | Folded) -> None:
    """SpecError with every setting that this data, or a file it names, makes impossible.

    Raises PluginBroken where the search would use what another package adds, and that is no good.
    """
    _find_pieces(spec)
    checks = (_weights, _rows, _measured, _ranked, _memory, _images)
    findings = [finding for check in checks for finding in check(spec, data)]
    if findings:
        raise refused(spec, findings)


def _find_pieces(spec: Spec) -> None:
    """Import all that the search may use by name, before a trial does."""
    for name, registry in _PIECES.items():
        for value in possible(name, network_of(spec), spec.space):
            _ = registry[str(value)]


def _weights(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """Pretrained weights that are missing or of another shape, for every network the search may build."""
    objective, space = network_of(spec), spec.space
    if "file" not in possible("initializer", objective, space) or objective.init_file is None:
        return
    shapes = {name: sorted(set(_beside_file(name, spec))) for name in ("activation", "batch_norm")}
    fixed = objective.model_dump()
    for values in product(*shapes.values()):
        config = {**fixed, **dict(zip(shapes, values, strict=True)), "initializer": "file"}
        try:
            load_weights(objective.init_file, Network(architecture(config, data)).layout)
        except InputError as error:
            yield Finding(("objective", "init_file"), str(error), (place("initializer", space),))


def _beside_file(name: str, spec: Spec) -> Iterator[str]:
    """The values of a hyperparameter that a network from a file may have."""
    for _, values, where in sources(name, network_of(spec), spec.space):
        if where is None or "file" in where.when.get("initializer", ("file",)):
            yield from values


def _rows(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """Batch normalization of a single training row."""
    if data.train_rows < 2 and possible("batch_norm", network_of(spec), spec.space) - {"off"}:
        where = place("batch_norm", spec.space)
        yield Finding(where, f"needs at least 2 training rows; this data has {data.train_rows}")


def _names(spec: Spec) -> list[str]:
    return [metric.name for metric in spec.search.metrics]


def _ranked(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """A metric that ranks the rows of a class before others, where what is validated has one class only."""
    if "val_auc" not in _names(spec) or not data.classes:
        return
    for fold, targets in enumerate(data.val_targets):
        if (targets == targets[0]).all():
            part = f"fold {fold + 1}" if data.folds > 1 else "the validation part"
            rule = (
                f"val_auc needs rows of two classes or more, and {part} has those of "
                f"{excerpt(data.classes[int(targets[0])])} only; rank by val_log_loss, or give another split"
            )
            yield Finding(("search", "metric"), rule, (("objective", "dataset", "split"),))
            return


def _measured(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """A metric that compares with the variance of what is validated, where that has none."""
    if data.classes or "val_r2" not in _names(spec):
        return
    for fold, targets in enumerate(data.val_targets):
        if not targets.var(dtype=np.float64):
            part = f"fold {fold + 1}" if data.folds > 1 else "the validation part"
            equal = f"its {len(targets)} rows have equal targets once these are scaled"
            why = equal if len(targets) > 1 else "it has one row"
            rule = (
                f"val_r2 needs variance to explain, and there is none in {part}: {why}; rank by val_loss, or give "
                f"more rows, or another seed or split"
            )
            yield Finding(("search", "metric"), rule, (("objective", "dataset", "split"),))
            return


def _memory(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """A network whose training takes more than a worker may."""
    augments = any(augmenting(network_of(spec), spec.space))
    asked, most = asked_for(*_names(spec)), spec.dispatch.memory << 20
    works = (replace(work(config, data, asked), augments=augments) for config in _largest(spec))
    largest = max(works, key=bytes_needed)
    shape, needed = largest.architecture, bytes_needed(largest)
    if needed > most >= bytes_needed(replace(largest, figures=())):
        rule = (
            f"{' and '.join(_names(spec))} of {largest.val_size:,} rows needs {needed / 2**20:,.0f} MB with the "
            f"network, and a worker may take {spec.dispatch.memory} MB; rank by another, or raise dispatch.memory"
        )
        yield Finding(("search", "metric"), rule, (("dispatch", "memory"),))
    elif needed > most:
        where = next((n for n in ("hidden_units", "hidden_layers") if n in spec.space), "hidden")
        several, fewer = (f" in {data.folds} folds", ", take fewer folds") if data.folds > 1 else ("", "")
        rule = (
            f"the network {' x '.join(map(str, shape.widths))} needs {needed / 2**20:,.0f} MB to train{several}, "
            f"and a worker may take {spec.dispatch.memory} MB; make it smaller{fewer}, or raise dispatch.memory"
        )
        yield Finding(place(where, spec.space), rule, (("dispatch", "memory"),))


def _largest(spec: Spec) -> Iterator[dict[str, Any]]:
    """Configurations with the most units, rows and extras that the search may reach, for each activation."""
    objective, space = network_of(spec), spec.space
    highest: dict[str, Any] = {name: reach(name, objective, space)[1] for name in _EXTRAS}
    for name in ("hidden_layers", "hidden_units", "batch_size"):
        highest[name] = int(reach(name, objective, space)[1]) or None
    highest["dropout"] = max(highest["dropout"], reach("alpha_dropout", objective, space)[1])
    slots = {str(name): len(OPTIMIZERS[name].slots) for name in possible("optimizer", objective, space)}
    drawn = possible("initializer", objective, space)
    highest["optimizer"] = max(sorted(slots), key=lambda name: slots[name])
    highest["initializer"] = next((name for name in ("orthogonal", "file") if name in drawn), "zeros")
    highest["alpha_dropout"] = 0.0  # takes what dropout takes
    norms = possible("batch_norm", objective, space)
    for activation, norm in product(possible("activation", objective, space), norms - {"off"} or norms):
        names = {"activation": activation, "batch_norm": norm}
        yield {**objective.model_dump(), **_NO_AUGMENTATION, **highest, **names}


def _images(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """Augmentation of rows that are no images, by more than their size, or without the library that moves them."""
    for at, piece, highest in augmenting(network_of(spec), spec.space):
        if len(data.feature_shape) != 2:
            shape = f"({', '.join(map(str, data.feature_shape))})"
            rule = f"needs images, rows of shape (height, width); those of {data.source} have shape {shape}"
            yield Finding(at, rule)
        elif piece in _MOVES and find_spec("scipy") is None:
            yield Finding(at, f"needs SciPy: {adding('images')}")
        elif piece == "shift" and highest >= min(data.feature_shape):
            size = " x ".join(map(str, data.feature_shape))
            yield Finding(at, f"must be smaller than the images, {size} pixels{got(highest)}")
