"""Trained networks as one file: their parameters, and everything between a row as people have it and an answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.core.errors import DataError, InputError
from hpsearch.data.prepared import Prepared
from hpsearch.data.scaling import Scaler
from hpsearch.data.sources.npz import check_finite
from hpsearch.data.tables.cells import columns_of, encode_cells, plain_columns, read_cells
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.texts import excerpt
from hpsearch.data.target_scale import Curve
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.storage.atomic import replacing
from hpsearch.storage.endings import DATA, NPZ, ending, is_table, is_text_table
from hpsearch.storage.npz import NUMBERS, names_in, read_npz

if TYPE_CHECKING:
    import polars as pl

#: What earlier versions read too, and what they do not: several networks, numbers counted from an origin, inputs by
#: their ranks or by the target, and scales of the target. The first format had classes only, and inputs scaled each
#: by itself.
FORMAT, NEWER = 2, 3
_READ = (1, FORMAT, NEWER)
#: A data file, inputs (N, I), a table of polars or pandas, or a mapping from names to columns.
Rows = Path | str | NDArray[Any] | Mapping[str, Sequence[Any]] | Any
#: Rows that are computed at a time.
BATCH = 256
_SCALING = ("offset", "factor", "fill")
#: What only some scalings have.
_RARE = ("mix", "knots")
_CURVE = "curve"
#: More units than any data has inputs, and few enough to be counted with.
MOST_WIDTH = 10_000_000
#: What parts that do not fit together raise.
_UNFIT = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, MemoryError)


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A network that classifies rows, or puts numbers to them, with the preprocessing of its data.

    Several networks answer with the mean of their probabilities, or of their numbers.

    Attributes:
        architecture: the shape of the network.
        parameters: (P,) its numbers.
        scaler: what is done to inputs first.
        classes: the names of the classes; none for regression.
        encoding: how a row of a table becomes inputs; None where inputs are given as numbers.
        origin: where it comes from: run, trial, configuration.
        target, curve: of regression: an output z stands for the number z * target[1] + target[0], after the `Curve`
            of these knots (2, Q) where there are any.
        others: the shape and parameters of each further network.
    """

    architecture: Architecture
    parameters: NDArray[np.float32]
    scaler: Scaler
    classes: tuple[str, ...]
    encoding: Mapping[str, Any] | None
    origin: Mapping[str, Any]
    target: tuple[float, float] = (0.0, 1.0)
    others: tuple[tuple[Architecture, NDArray[np.float32]], ...] = ()
    curve: NDArray[np.float64] = field(default_factory=lambda: np.empty((2, 0)))

    @classmethod
    def of(
        cls, architecture: Architecture, parameters: NDArray[Any], data: Prepared, origin: Mapping[str, Any]
    ) -> Model:
        """The network that was trained on `data`."""
        own = np.array(parameters)
        how = (data.scaler, data.classes, data.encoding, origin, data.target)
        return cls(architecture, own, *how, curve=data.curve)

    @property
    def networks(self) -> list[tuple[Architecture, NDArray[np.float32]]]:
        """The shape and parameters of each network."""
        return [(self.architecture, self.parameters), *self.others]

    def with_others(self, models: Sequence[Model]) -> Model:
        """The model that averages its answers with those of models of the same data."""
        return replace(
            self, others=(*self.others, *(network for model in models for network in model.networks))
        )

    def __repr__(self) -> str:
        """Where it comes from and what it does, in a line."""
        does = f"{len(self.classes)} classes" if self.classes else "numbers"
        origin = (
            f"trial {self.origin.get('trial')} of {self.origin.get('run')}" if self.origin else "a network"
        )
        return f"Model({origin!r}: {self.architecture.inputs} inputs to {does})"

    # -- predicting ------------------------------------------------------------------------------------

    def predict(self, rows: Rows) -> list[str] | list[float]:
        """The class of each row, or its number in the units of the target: of the rows of a data file, of inputs
        (N, I), of a table of polars or pandas, or of a mapping from names to columns.

        Raises:
            DataError: the rows are not what the model was trained with.
        """
        answers = self.answers(self.scaler.apply(self.inputs(rows)))
        if not self.classes:
            return [float(number) for number in self.numbers(answers)]
        return [self.classes[index] for index in answers.argmax(axis=1)]

    def predict_proba(self, rows: Rows) -> NDArray[np.float64]:
        """(N, O) the probability of each of the `classes`, for the same.

        Raises:
            InputError: the model has no classes.
            DataError: the rows are not what the model was trained with.
        """
        return self.probabilities(self.inputs(rows))

    def answers(self, scaled: NDArray[np.float32]) -> NDArray[np.float64]:
        """(N, O) what the networks say on average of scaled inputs: probabilities, or outputs of numbers.

        Raises:
            DataError: that is no number, for inputs too far from what the model was trained with.
        """
        means = np.zeros((len(scaled), self.architecture.outputs))
        with np.errstate(all="ignore"):  # what overflows is found below
            for architecture, parameters in self.networks:
                outputs = outputs_of(architecture, parameters, scaled)
                means += softmax(outputs) if self.classes else outputs
        self._check_answers(means, scaled)
        return np.asarray(means / len(self.networks))

    def _check_answers(self, answers: NDArray[np.float64], scaled: NDArray[np.float32]) -> None:
        lost = np.flatnonzero(~np.isfinite(answers).all(axis=1))
        if len(lost):
            row = int(lost[0])
            column = int(np.nan_to_num(np.abs(scaled[row]), nan=np.inf, posinf=np.inf).argmax())
            names = Encoding.from_facts(self.encoding).inputs if self.encoding else ()
            name = excerpt(names[column]) if names else f"input {column} (from 0)"
            raise DataError(
                f"{name} in row {row + 1} of those given is so far from what the model was trained with that it "
                f"has no answer: {scaled[row, column]:.3g} once it is scaled; correct it, or leave the row out"
            )

    def numbers(self, answers: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) what the answers (N, 1) of a regression stand for, in the units of the target."""
        curve = Curve.of(self.curve)
        return self._in_units(answers[:, 0] if curve is None else curve.predicted(answers[:, 0]))

    @property
    def finest(self) -> float:
        """How far apart the predicted numbers are of outputs that are 1 apart, where that is least."""
        curve = Curve.of(self.curve)
        return abs(self.target[1]) * (1.0 if curve is None else curve.finest)

    def true(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """(N,) the numbers of the target that `y` are as a network learns them."""
        exact, curve = y.astype(np.float64), Curve.of(self.curve)
        return self._in_units(exact if curve is None else curve.true(exact))

    def _in_units(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        mean, deviation = self.target
        return np.asarray(numbers * deviation + mean)

    def probabilities(self, inputs: NDArray[Any]) -> NDArray[np.float64]:
        """(N, O) of each class, for inputs (N, I) that are not scaled yet.

        Raises:
            InputError: the model has no classes.
        """
        if not self.classes:
            raise InputError("a model of numbers has no classes, and so no probabilities; use predict")
        return self.answers(self.scaler.apply(inputs))

    def inputs(self, rows: Rows) -> NDArray[Any]:
        """The inputs (N, I) of rows, not scaled; nan where a number is missing.

        Raises:
            DataError: the rows are not what the model was trained with.
        """
        if isinstance(rows, Path | str):
            inputs = self._of_file(Path(rows))
        elif isinstance(rows, np.ndarray):
            inputs = rows.reshape(len(rows), -1)
        elif (frame := _polars_frame(rows)) is not None:
            inputs = self._of_table(frame, "the table")
        else:
            inputs = self._of_columns(plain_columns(rows), "the table")
        if inputs.shape[1] != self.architecture.inputs:
            where = f"{rows}: " if isinstance(rows, Path | str) else ""
            raise DataError(
                f"{where}rows of {inputs.shape[1]} inputs: the model was trained with {self.architecture.inputs}"
            )
        self._check(inputs, str(rows) if isinstance(rows, Path | str) else "the rows")
        return inputs

    def _check(self, inputs: NDArray[Any], where: str) -> None:
        """Raise DataError for numbers that are none, where no missing ones were learned to be filled in."""
        if inputs.dtype.kind == "f" and len(inputs):
            known = inputs if self.encoding is None else np.where(np.isnan(inputs), 0, inputs)
            check_finite(f"{where}: X", known)

    def read(self, path: Path) -> tuple[NDArray[Any], dict[int, str]]:
        """The inputs (N, I) of the rows of a file, and what is wrong with those that have none, by their places.

        Raises:
            DataError: as `inputs`, where that is wrong with all rows.
        """
        lost = dict[int, str]()
        if self.encoding is None or not is_table(path):
            return self.inputs(path), lost
        inputs = self._of_file(path, lost)
        if lost and len(lost) == len(inputs):
            raise DataError(lost[min(lost)])
        self._check(inputs, str(path))
        return inputs, lost

    def _of_file(self, path: Path, lost: dict[int, str] | None = None) -> NDArray[Any]:
        from hpsearch.data.tables.file import read_table

        if ending(path) == NPZ:
            return inputs_of(path)
        if not is_table(path):
            raise DataError(f"{path}: must end in {', '.join(DATA)}")
        if self.encoding is None:
            plain = not has_polars() and is_text_table(path)
            read = self._of_columns(columns_of(*read_cells(path)), str(path)) if plain else None
            return self._of_table(read_table(path), str(path)) if read is None else read
        own = Encoding.from_facts(self.encoding)
        if not has_polars() and is_text_table(path):
            return encode_cells(own, columns_of(*read_cells(path, own.names)), str(path), lost)
        frame = read_table(path, texts=own.texts, known=own.names, missing=own.missing)
        return own.encode(frame, str(path), lost)

    def _of_table(self, frame: pl.DataFrame, where: str) -> NDArray[Any]:
        if self.encoding is not None:
            return Encoding.from_facts(self.encoding).encode(frame, where)
        return _plain_numbers(frame.to_numpy(), where)

    def _of_columns(self, columns: Mapping[str, Sequence[object]], where: str) -> NDArray[Any]:
        if self.encoding is not None:
            return encode_cells(Encoding.from_facts(self.encoding), columns, where)
        return _plain_numbers(np.array(list(columns.values()), object).T, where)

    # -- the file --------------------------------------------------------------------------------------

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, for an .npz file."""
        facts = {
            "format": NEWER if self._is_newer else FORMAT,
            "architecture": _shape(self.architecture),
            "classes": self.classes,
            "encoding": self.encoding,
            "origin": dict(self.origin),
            "target": self.target,
            "bent": self.scaler.bent,
        }
        if self.others:
            facts["others"] = [_shape(architecture) for architecture, _ in self.others]
        rare = {name: array for name in _RARE if (array := getattr(self.scaler, name)).size}
        rare |= {_CURVE: self.curve} if self.curve.size else {}
        scaling = {name: getattr(self.scaler, name) for name in _SCALING} | rare
        others = {_parameters(place): parameters for place, (_, parameters) in enumerate(self.others)}
        return {"facts": np.array(json.dumps(facts)), "parameters": self.parameters, **others, **scaling}

    @property
    def _is_newer(self) -> bool:
        curved = self.scaler.knots.size or self.curve.size
        return bool(self.others) or _has_what_is_newer(self.encoding) or bool(curved)

    def save(self, path: Path) -> None:
        """Write the model to `path`, whole or not at all. Raises OSError."""
        arrays: dict[str, Any] = self.arrays()
        with replacing(path) as file:
            np.savez(file, **arrays)


def _plain_numbers(cells: NDArray[Any], where: str) -> NDArray[np.float64]:
    try:
        return cells.astype(np.float64)
    except (ValueError, TypeError):
        raise DataError(f"{where}: must hold numbers only, as the data of the model did") from None


def has_polars() -> bool:
    """Whether tables are read by polars; else texts are by the standard library."""
    try:
        import polars  # noqa: F401 - whether it can be
    except ImportError:
        return False
    return True


def _polars_frame(rows: Any) -> pl.DataFrame | None:
    """The same, if it is a table of polars, which is imported by nobody else."""
    polars = sys.modules.get("polars")
    return rows if polars and isinstance(rows, polars.DataFrame) else None


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


def outputs_of(
    architecture: Architecture, parameters: NDArray[np.float32], scaled: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(N, O) what a network with parameters (P,) gives for inputs (N, I) that are scaled."""
    network, stack = Network(architecture), parameters[None]
    gradients = np.zeros((1, network.layout.learned), stack.dtype)
    outputs = np.empty((len(scaled), architecture.outputs), stack.dtype)
    for start in range(0, len(scaled), BATCH):
        part = np.ascontiguousarray(scaled[start : start + BATCH], stack.dtype)
        through = Pass(network, stack, gradients, len(part), training=False)
        outputs[start : start + BATCH] = through.outputs(part)[0]
    return outputs


def inputs_of(path: Path) -> NDArray[Any]:
    """The rows (N, I) of the array `X` of an .npz file.

    Raises:
        DataError: it has none, or not of numbers.
    """
    (inputs,) = read_npz(path, ("X",), "save it with np.savez(path, X=...)")
    if inputs.dtype.kind not in NUMBERS or inputs.ndim < 2:
        raise DataError(
            f"{path}: X: is of type {inputs.dtype} and shape {inputs.shape}; must be numbers, one row per example"
        )
    return inputs.reshape(len(inputs), -1)


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
    if (shape.task == "regression") == bool(model.classes):
        raise ValueError(f"{shape.task} with the classes {model.classes!r:.60}")
    outputs = len(model.classes) or 1
    if outputs != shape.outputs or not all(isinstance(name, str) for name in model.classes):
        raise ValueError(f"{shape.outputs} outputs for the classes {model.classes!r:.60}")
    if model.encoding is not None and len(Encoding.from_facts(model.encoding).inputs) != shape.inputs:
        raise ValueError("the columns of its table are not its inputs")
    return model


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


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Probabilities (N, O) of logits (N, O)."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
