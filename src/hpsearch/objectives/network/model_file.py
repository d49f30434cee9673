"""A model as one .npz file: what is written, and what is checked before any of it is used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.core.errors import DataError, InputError
from hpsearch.data.scaling import Scaler
from hpsearch.data.tables.columns import Encoding
from hpsearch.nn.network import Architecture, Network
from hpsearch.objectives.network.model import Model
from hpsearch.storage.atomic import replacing
from hpsearch.storage.npz import names_in, read_npz

#: What earlier versions read too, and what they do not: several networks, a temperature, numbers counted from an
#: origin, inputs by their ranks or by the target, and scales of the target. The first format had classes only, and
#: inputs scaled each by itself.
FORMAT, NEWER = 2, 3
_READ = (1, FORMAT, NEWER)
_SCALING = ("offset", "factor", "fill")
#: What only some scalings have.
_RARE = ("mix", "knots")
_CURVE, _TEMPERATURE = "curve", "temperature"
#: More units than any data has inputs, and few enough to be counted with.
MOST_WIDTH = 10_000_000
#: What parts that do not fit together raise.
_UNFIT = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, MemoryError)


def arrays_of(model: Model) -> dict[str, NDArray[Any]]:
    """All of it as arrays, for an .npz file."""
    facts = {
        "format": NEWER if _is_newer(model) else FORMAT,
        "architecture": _shape(model.architecture),
        "classes": model.classes,
        "encoding": model.encoding,
        "origin": dict(model.origin),
        "target": model.target,
        "bent": model.scaler.bent,
    }
    if model.others:
        facts["others"] = [_shape(architecture) for architecture, _ in model.others]
    if model.weights:
        facts["weights"] = model.weights
    if model.temperature != 1:
        facts[_TEMPERATURE] = model.temperature
    rare = {name: array for name in _RARE if (array := getattr(model.scaler, name)).size}
    rare |= {_CURVE: model.curve} if model.curve.size else {}
    scaling = {name: getattr(model.scaler, name) for name in _SCALING} | rare
    others = {_parameters(place): parameters for place, (_, parameters) in enumerate(model.others)}
    return {"facts": np.array(json.dumps(facts)), "parameters": model.parameters, **others, **scaling}


def _is_newer(model: Model) -> bool:
    curved = model.scaler.knots.size or model.curve.size
    several = bool(model.others) or model.temperature != 1
    return several or _has_what_is_newer(model.encoding) or bool(curved)


def save_model(model: Model, path: Path) -> None:
    """Write a model to `path`, whole or not at all. Raises OSError."""
    arrays: dict[str, Any] = arrays_of(model)
    with replacing(path) as file:
        np.savez(file, **arrays)


def _has_what_is_newer(encoding: Mapping[str, Any] | None) -> bool:
    if encoding is None:
        return False
    held = (column.get(name) for column in encoding["columns"] for name in ("origin", "means", "dates"))
    return bool(encoding.get("missing")) or any(held)


def _shape(architecture: Architecture) -> dict[str, Any]:
    """A shape as JSON; how weights are drawn at the start is of no concern to a network that is trained."""
    return {name: value for name, value in asdict(architecture).items() if not name.startswith("init")}


def _parameters(place: int) -> str:
    """What the parameters of a further network are called in the file."""
    return f"parameters {place}"


def load_model(path: Path | str) -> Model:
    """The model that `hpsearch export RUN --to model` or `hpsearch train --save` wrote.

    Raises:
        InputError: there is no such file, or it is no such model.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: there is no such file; make one with: hpsearch export RUN --to model")
    refused = f"{path}: is no model that hpsearch export wrote"
    facts, arrays = _arrays(path, refused)
    form = facts.get("format")
    if form not in _READ:
        raise InputError(f"{path}: is a model of format {form!r:.20}; this version reads format {NEWER}")
    try:
        return _checked(_model(facts, arrays))
    except (*_UNFIT, InputError) as error:
        raise InputError(f"{refused} (it does not fit together: {error})") from None


def _arrays(path: Path, refused: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The facts of the model at `path`, and its arrays by name."""
    names = ["facts", "parameters", *_SCALING]
    try:
        known, further = (*_RARE, _CURVE), _parameters(0)[:-1]
        names += [name for name in names_in(path) if name in known or name.startswith(further)]
        text, *arrays = read_npz(path, names)
        facts = json.loads(str(text)) if text.dtype.kind == "U" else None
    except DataError as error:
        raise InputError(f"{error}; it is no model that hpsearch export wrote") from None
    except (ValueError, SystemError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise InputError(f"{refused} (its facts cannot be read)")
    return facts, dict(zip(names[1:], arrays, strict=True))


def _model(facts: Mapping[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    parameters = arrays.pop("parameters")
    others = tuple(
        (_architecture(shape), arrays.pop(_parameters(place)))
        for place, shape in enumerate(facts.get("others", ()))
    )
    mean, deviation = facts.get("target", (0.0, 1.0))
    curve = arrays.pop(_CURVE, np.empty((2, 0)))
    return Model(
        _architecture(facts["architecture"]),
        parameters,
        Scaler(**arrays, bent=bool(facts.get("bent", False))),
        tuple(facts["classes"]),
        facts["encoding"],
        facts["origin"],
        (float(mean), float(deviation)),
        others,
        curve,
        tuple(map(float, facts.get("weights", ()))),
        float(facts.get(_TEMPERATURE, 1.0)),
    )


def _architecture(shape: Mapping[str, Any]) -> Architecture:
    return Architecture(**{**shape, "hidden": tuple(shape["hidden"])})


def _checked(model: Model) -> Model:
    """The same. Raises ValueError where its parts are not of one network."""
    shape, scaler = model.architecture, model.scaler
    for own, parameters in model.networks:
        _check_network(own, parameters)
        if (own.inputs, own.outputs, own.task) != (shape.inputs, shape.outputs, shape.task):
            raise ValueError("its networks are not of the same data")
    _check_scaler(scaler, shape.inputs)
    if not np.isfinite(model.target).all():
        raise ValueError(f"numbers in units of {model.target}")
    _check_curve(model.curve)
    if model.weights and (len(model.weights) != len(model.networks) or not _are_weights(model.weights)):
        raise ValueError(f"weights of {model.weights!r:.60}")
    if not 0 < model.temperature < np.inf:
        raise ValueError(f"a temperature of {model.temperature}")
    if (shape.task == "regression") == bool(model.classes):
        raise ValueError(f"{shape.task} with the classes {model.classes!r:.60}")
    outputs = len(model.classes) or 1
    if outputs != shape.outputs or not all(isinstance(name, str) for name in model.classes):
        raise ValueError(f"{shape.outputs} outputs for the classes {model.classes!r:.60}")
    if model.encoding is not None and len(Encoding.from_facts(model.encoding).inputs) != shape.inputs:
        raise ValueError("the columns of its table are not its inputs")
    return model


def _are_weights(weights: Sequence[float]) -> bool:
    return bool(np.isfinite(weights).all()) and min(weights) >= 0 < sum(weights)


def _check_scaler(scaler: Scaler, inputs: int) -> None:
    for name in _SCALING:
        _check_numbers(name, getattr(scaler, name), (inputs,))
    if scaler.knots.size:
        ranked = np.nan_to_num(scaler.knots)  # nan: an input that is scaled as the others are
        _check_numbers("knots", ranked, (len(ranked), inputs))
        if (np.diff(ranked, axis=0) < 0).any():
            raise ValueError("knots must rise")
    if scaler.mix.size:
        _check_numbers("mix", scaler.mix, (inputs, inputs))


def _check_curve(knots: NDArray[Any]) -> None:
    if knots.size:
        _check_numbers(_CURVE, knots, (2, knots.shape[-1]))
        if (np.diff(knots[0]) <= 0).any() or (np.diff(knots[1]) < 0).any() or not np.ptp(knots[1]) > 0:
            raise ValueError("the knots of its curve must rise")


def _check_network(shape: Architecture, parameters: NDArray[Any]) -> None:
    widths = (shape.inputs, *shape.hidden, shape.outputs)
    if not all(type(width) is int and 1 <= width <= MOST_WIDTH for width in widths):
        raise ValueError(f"layers of {widths} units")
    _check_numbers("parameters", parameters, (Network(shape).layout.size,))


def _check_numbers(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape or array.dtype.kind != "f" or not np.isfinite(array).all():
        size = " by ".join(map(str, shape))
        raise ValueError(
            f"{name} must be {size} finite numbers, and are {array.dtype} of shape {array.shape}"
        )
