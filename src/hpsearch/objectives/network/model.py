"""Trained networks, and everything between a row as people have it and an answer."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
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
from hpsearch.objectives.network.temperature import softmax, tempered
from hpsearch.storage.endings import DATA, NPZ, ending, is_table, is_text_table
from hpsearch.storage.npz import NUMBERS, read_npz

if TYPE_CHECKING:
    import polars as pl

#: A data file, inputs (N, I), a table of polars or pandas, or a mapping from names to columns.
Rows = Path | str | NDArray[Any] | Mapping[str, Sequence[Any]] | Any
#: Rows that are computed at a time.
BATCH = 256


class Model(Struct, frozen=True, eq=False):
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
        weights: how much each network counts; all alike where there are none.
        temperature: what makes the mean of their probabilities less sure, see `tempered`.
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
    weights: tuple[float, ...] = ()
    temperature: float = 1.0

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
            weights = self.weights or (1.0,) * len(self.networks)
            for weight, (architecture, parameters) in zip(weights, self.networks, strict=True):
                outputs = outputs_of(architecture, parameters, scaled)
                means += weight * (softmax(outputs) if self.classes else outputs)
        self._check_answers(means, scaled)
        means /= sum(weights)
        return tempered(means, self.temperature) if self.classes else means

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
