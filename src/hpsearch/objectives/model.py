"""A trained network as one file: its parameters, and everything between a row as people have it and a class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from hpsearch.datasets import Prepared
from hpsearch.errors import DataError, InputError
from hpsearch.nn import Architecture, Network, Pass

if TYPE_CHECKING:
    import polars as pl

FORMAT = 1
#: Rows that are computed at a time.
BATCH = 256
_ARRAYS = ("parameters", "offset", "factor", "fill")


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
            raise DataError(
                f"rows of {found.shape[1]} inputs: the model was trained with {self.architecture.inputs}"
            )
        return found

    def _of_file(self, path: Path) -> NDArray[Any]:
        from hpsearch.datasets.npz import read_npz
        from hpsearch.datasets.table import read_table

        if path.suffix.lower() == ".npz":
            (found,) = read_npz(path, ("X",))
            return found.reshape(len(found), -1)
        if path.suffix.lower() not in (".csv", ".parquet"):
            raise DataError(f"{path}: must end in .csv, .parquet or .npz")
        return self._of_table(read_table(path), str(path))

    def _of_table(self, frame: pl.DataFrame, where: str) -> NDArray[Any]:
        from hpsearch.datasets.table import Encoding

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
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            with temporary.open("wb") as file:
                np.savez(file, facts=np.array(json.dumps(facts)), **arrays)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def load_model(path: Path | str) -> Model:
    """The model that `hpsearch export RUN --to model` wrote.

    Raises:
        InputError: there is no such file, or it is no such model.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(str(file["facts"]))
            arrays = {name: file[name] for name in _ARRAYS}
    except FileNotFoundError:
        raise InputError(
            f"{path}: there is no such file; make one with: hpsearch export RUN --to model"
        ) from None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise InputError(f"{path}: is no model that hpsearch export wrote ({error})") from None
    if facts["format"] != FORMAT:
        raise InputError(
            f"{path}: is a model of format {facts['format']}; this version reads format {FORMAT}"
        )
    shape = facts["architecture"]
    architecture = Architecture(**{**shape, "hidden": tuple(shape["hidden"])})
    return Model(architecture, **arrays, classes=tuple(facts["classes"]), **_rest(facts))


def _rest(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"encoding": facts["encoding"], "origin": facts["origin"]}


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Probabilities (N, O) of logits (N, O)."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
