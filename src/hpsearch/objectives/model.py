"""A trained network as one file: its parameters, and everything between a row as people have it and a class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.arrays.npz import NUMBERS, read_npz
from hpsearch.datasets import Prepared
from hpsearch.datasets.table import Encoding
from hpsearch.errors import DataError, InputError
from hpsearch.files import replacing
from hpsearch.nn import Architecture, Network, Pass

if TYPE_CHECKING:
    import polars as pl

FORMAT = 1
#: Rows that are computed at a time.
BATCH = 256
_ARRAYS = ("parameters", "offset", "factor", "fill")
#: More units than any data has inputs, and few enough to be counted with.
MOST_WIDTH = 10_000_000
#: What parts that do not fit together raise.
_UNFIT = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, MemoryError)


@dataclass(frozen=True, eq=False)
class Model:
    """A network that classifies rows, with the preprocessing of the data it was trained on.

    Attributes:
        architecture: the shape of the network.
        parameters: (P,) its numbers.
        offset, factor, fill: (I,) of the inputs: missing ones become `fill`, all (x - offset) * factor.
        classes: the names of the classes.
        encoding: how a row of a table becomes inputs; None where inputs are given as numbers.
        origin: where it comes from: run, trial, configuration.
    """

    architecture: Architecture
    parameters: NDArray[np.float32]
    offset: NDArray[np.float64]
    factor: NDArray[np.float64]
    fill: NDArray[np.float64]
    classes: tuple[str, ...]
    encoding: Mapping[str, Any] | None
    origin: Mapping[str, Any]

    @classmethod
    def of(
        cls, architecture: Architecture, parameters: NDArray[Any], data: Prepared, origin: Mapping[str, Any]
    ) -> Model:
        """The network that was trained on `data`."""
        scaling = (data.offset, data.factor, data.fill)
        return cls(architecture, np.array(parameters), *scaling, data.classes, data.encoding, origin)

    # -- predicting ------------------------------------------------------------------------------------

    def predict(self, rows: Path | str | NDArray[Any] | pl.DataFrame) -> list[str]:
        """The class of each row: of a data file (.csv, .parquet, .npz), of inputs (N, I), or of a table.

        Raises:
            DataError: the rows are not what the model was trained with.
        """
        chosen = self.probabilities(self.inputs(rows)).argmax(axis=1)
        return [self.classes[index] for index in chosen]

    def probabilities(self, inputs: NDArray[Any]) -> NDArray[np.float64]:
        """(N, O) of each class, for inputs (N, I) that are not scaled yet."""
        return softmax(self.logits(self.scaled(inputs)))

    def scaled(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        """Inputs (N, I) as the network takes them."""
        filled = np.where(np.isnan(inputs), self.fill, inputs) if inputs.dtype.kind == "f" else inputs
        return ((filled - self.offset) * self.factor).astype(np.float32)

    def logits(self, scaled: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, O) what the network says of inputs that are scaled."""
        network, stack = Network(self.architecture), self.parameters[None]
        gradients = np.zeros((1, network.layout.learned), stack.dtype)
        found = np.empty((len(scaled), self.architecture.outputs), stack.dtype)
        for start in range(0, len(scaled), BATCH):
            part = np.ascontiguousarray(scaled[start : start + BATCH], stack.dtype)
            through = Pass(network, stack, gradients, len(part), training=False)
            found[start : start + BATCH] = through.outputs(part)[0]
        return found

    def inputs(self, rows: Path | str | NDArray[Any] | pl.DataFrame) -> NDArray[Any]:
        """The inputs (N, I) of rows, not scaled; nan where a number is missing.

        Raises:
            DataError: the rows are not what the model was trained with.
        """
        if isinstance(rows, Path | str):
            found = self._of_file(Path(rows))
        elif isinstance(rows, np.ndarray):
            found = rows.reshape(len(rows), -1)
        else:
            found = self._of_table(rows, "the table")
        if found.shape[1] != self.architecture.inputs:
            where = f"{rows}: " if isinstance(rows, Path | str) else ""
            raise DataError(
                f"{where}rows of {found.shape[1]} inputs: the model was trained with {self.architecture.inputs}"
            )
        return found

    def _of_file(self, path: Path) -> NDArray[Any]:
        from hpsearch.datasets.table_file import read_table

        if path.suffix.lower() == ".npz":
            return inputs_of(path)
        if path.suffix.lower() not in (".csv", ".parquet"):
            raise DataError(f"{path}: must end in .csv, .parquet or .npz")
        return self._of_table(read_table(path), str(path))

    def _of_table(self, frame: pl.DataFrame, where: str) -> NDArray[Any]:
        if self.encoding is not None:
            return Encoding.from_facts(self.encoding).encode(frame, where)
        try:
            return frame.to_numpy().astype(np.float64)
        except (ValueError, TypeError):
            raise DataError(f"{where}: must hold numbers only, as the data of the model did") from None

    # -- the file --------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write the model to `path`, whole or not at all. Raises OSError."""
        # How weights are drawn at the start is of no concern to a network that is trained.
        shape = {
            name: value for name, value in asdict(self.architecture).items() if not name.startswith("init")
        }
        facts = {
            "format": FORMAT,
            "architecture": shape,
            "classes": self.classes,
            "encoding": self.encoding,
            "origin": dict(self.origin),
        }
        arrays: dict[str, Any] = {name: getattr(self, name) for name in _ARRAYS}
        with replacing(path) as file:
            np.savez(file, facts=np.array(json.dumps(facts)), **arrays)


def inputs_of(path: Path) -> NDArray[Any]:
    """The rows (N, I) of the array `X` of an .npz file.

    Raises:
        DataError: it has none, or not of numbers.
    """
    (found,) = read_npz(path, ("X",), "save it with np.savez(path, X=...)")
    if found.dtype.kind not in NUMBERS or found.ndim < 2:
        raise DataError(
            f"{path}: X: is of type {found.dtype} and shape {found.shape}; must be numbers, one row per example"
        )
    return found.reshape(len(found), -1)


def load_model(path: Path | str) -> Model:
    """The model that `hpsearch export RUN --to model` wrote.

    Raises:
        InputError: there is no such file, or it is no such model.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: there is no such file; make one with: hpsearch export RUN --to model")
    refused = f"{path}: is no model that hpsearch export wrote"
    facts, *arrays = _arrays(path, refused)
    form = facts.get("format")
    if form != FORMAT:
        raise InputError(f"{path}: is a model of format {form!r:.20}; this version reads format {FORMAT}")
    try:
        return _checked(_model(facts, *arrays))
    except (*_UNFIT, InputError) as error:
        raise InputError(f"{refused} (it does not fit together: {error})") from None


def _arrays(path: Path, refused: str) -> list[Any]:
    """The facts of the model at `path`, then its arrays."""
    try:
        text, *arrays = read_npz(path, ("facts", *_ARRAYS))
        facts = json.loads(str(text)) if text.dtype.kind == "U" else None
    except DataError as error:
        raise InputError(f"{error}; it is no model that hpsearch export wrote") from None
    except (ValueError, SystemError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise InputError(f"{refused} (its facts cannot be read)")
    return [facts, *arrays]


def _model(facts: Mapping[str, Any], *arrays: NDArray[Any]) -> Model:
    shape = facts["architecture"]
    architecture = Architecture(**{**shape, "hidden": tuple(shape["hidden"])})
    classes, encoding, origin = facts["classes"], facts["encoding"], facts["origin"]
    named = dict(zip(_ARRAYS, arrays, strict=True))
    return Model(architecture, **named, classes=tuple(classes), encoding=encoding, origin=origin)


def _checked(model: Model) -> Model:
    """The same. Raises ValueError where its parts are not of one network."""
    shape = model.architecture
    widths = (shape.inputs, *shape.hidden, shape.outputs)
    if not all(type(width) is int and 1 <= width <= MOST_WIDTH for width in widths):
        raise ValueError(f"layers of {widths} units")
    wanted = {"parameters": Network(shape).layout.size} | dict.fromkeys(
        ("offset", "factor", "fill"), shape.inputs
    )
    for name, size in wanted.items():
        array = getattr(model, name)
        if array.shape != (size,) or array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(
                f"{name} must be {size} finite numbers, and are {array.dtype} of shape {array.shape}"
            )
    if len(model.classes) != shape.outputs or not all(isinstance(name, str) for name in model.classes):
        raise ValueError(f"{shape.outputs} outputs for the classes {model.classes!r:.60}")
    if model.encoding is not None and len(Encoding.from_facts(model.encoding).inputs) != shape.inputs:
        raise ValueError("the columns of its table are not its inputs")
    return model


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Probabilities (N, O) of logits (N, O)."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
