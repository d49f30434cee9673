"""What the data and the files of a search decide, checked before anything runs: with the lines of the YAML."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from itertools import product
from typing import Any

from hpsearch.config.network_rules import place, possible, reach
from hpsearch.config.schema import Spec
from hpsearch.config.sources import Finding
from hpsearch.datasets import Folded, Prepared
from hpsearch.errors import InputError, SpecError
from hpsearch.nn import OPTIMIZERS, Network, bytes_per_trial, load_weights
from hpsearch.objectives.mlp import architecture


def check_feasible(spec: Spec, data: Prepared | Folded) -> None:
    """SpecError with every setting that this data, or a file it names, makes impossible."""
    findings = [*_weights(spec, data), *_rows(spec, data), *_memory(spec, data), *_images(spec, data)]
    if findings:
        raise SpecError(spec.source.problems(findings))


def _weights(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """Pretrained weights that are missing or of another shape, for every network the search may build."""
    objective, space = spec.network, spec.space
    if "file" not in possible("initializer", objective, space) or objective.init_file is None:
        return
    shapes = ("activation", "batch_norm")
    fixed = objective.model_dump()
    for values in product(*(sorted(possible(name, objective, space)) for name in shapes)):
        config = {**fixed, **dict(zip(shapes, values, strict=True)), "initializer": "file"}
        try:
            load_weights(objective.init_file, Network(architecture(config, data)).layout)
        except InputError as error:
            yield Finding(("objective", "init_file"), str(error), (place("initializer", space),))


def _rows(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """Batch normalization of a single training row."""
    if data.train_rows < 2 and possible("batch_norm", spec.network, spec.space) - {"off"}:
        where = place("batch_norm", spec.space)
        yield Finding(where, f"needs at least 2 training rows; this data has {data.train_rows}")


def _memory(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """A network whose training takes more than a worker may."""
    config, space = _largest(spec), spec.space
    slots = {str(name): len(OPTIMIZERS[name].slots) for name in possible("optimizer", spec.network, space)}
    shape = architecture(config, data)
    optimizer = max(sorted(slots), key=lambda name: slots[name])
    needed = bytes_per_trial(shape, optimizer, int(config["batch_size"]), data.val_rows, data.folds)
    if needed > spec.dispatch.memory << 20:
        where = next((n for n in ("hidden_units", "hidden_layers") if n in space), "hidden")
        several, fewer = (f" in {data.folds} folds", ", take fewer folds") if data.folds > 1 else ("", "")
        rule = (
            f"the network {' x '.join(map(str, shape.widths))} needs {needed / 2**20:,.0f} MB to train{several}, "
            f"and a worker may take {spec.dispatch.memory} MB; make it smaller{fewer}, or raise dispatch.memory"
        )
        yield Finding(place(where, space), rule, (("dispatch", "memory"),))


def _largest(spec: Spec) -> dict[str, Any]:
    """The configuration of the most units and rows that the search may reach."""
    config = spec.network.model_dump()
    sizes = [name for name in ("hidden_layers", "hidden_units", "batch_size") if name in spec.space]
    rates = [name for name in ("dropout", "input_dropout") if name in spec.space]
    highest = {name: reach(name, spec.network, spec.space)[1] for name in (*sizes, *rates)}
    reached: dict[str, Any] = {
        name: int(highest[name]) if name in sizes else highest[name] for name in highest
    }
    names = {name: max(map(str, possible(name, spec.network, spec.space))) for name in ("batch_norm",)}
    # Of the activations, prelu and gelu take most: their share of the whole is small either way.
    return {**config, **reached, **names, "initializer": "zeros", "alpha_dropout": 0.0}


def _images(spec: Spec, data: Prepared | Folded) -> Iterator[Finding]:
    """Augmentation of rows that are no images, or without the library that moves them."""
    if spec.network.augment is None:
        return
    if len(data.feature_shape) != 2:
        shape = f"({', '.join(map(str, data.feature_shape))})"
        rule = f"needs images, rows of shape (height, width); those of {data.source} have shape {shape}"
        yield Finding(("objective", "augment"), rule)
    if find_spec("scipy") is None:
        yield Finding(("objective", "augment"), "needs SciPy: pip install 'hpsearch[images]'")
