"""A trained network as one file: its parameters, and everything between a row as people have it and an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from hpsearch.datasets import Prepared, Scaler
from hpsearch.errors import DataError, InputError
from hpsearch.files import replacing
from hpsearch.nn import Architecture, Network, Pass

if TYPE_CHECKING:
    import polars as pl

FORMAT = 2
#: The first format had classes only, and inputs scaled each by itself.
_READ = (1, 2)
#: Rows that are computed at a time.
BATCH = 256
_SCALING = ("offset", "factor", "mix", "fill")


@dataclass(frozen=True, eq=False)
class Model:
    """A network that classifies rows, or puts numbers to them, with the preprocessing of its data.

    Attributes:
        architecture: the shape of the network.
        parameters: (P,) its numbers.
        scaler: what is done to inputs first.
        classes: the names of the classes; none for regression.
        encoding: how a row of a table becomes inputs; None where inputs are given as numbers.
        origin: where it comes from: run, trial, configuration.
        target: of regression: an output z stands for the number z * target[1] + target[0].
    """

    architecture: Architecture
    parameters: NDArray[np.float32]
    scaler: Scaler
    classes: tuple[str, ...]
    encoding: Mapping[str, Any] | None
    origin: Mapping[str, Any]
    target: tuple[float, float] = (0.0, 1.0)

    @classmethod
    def of(
        cls, architecture: Architecture, parameters: NDArray[Any], data: Prepared, origin: Mapping[str, Any]
    ) -> Model:
        """The network that was trained on `data`."""
        own = np.array(parameters)
        return cls(architecture, own, data.scaler, data.classes, data.encoding, origin, data.target)

    # -- predicting ------------------------------------------------------------------------------------

    def predict(self, rows: Path | str | NDArray[Any] | pl.DataFrame) -> list[str] | list[float]:
        """The class of each row, or its number in the units of the target: of the rows of a data file (.csv,
        .parquet, .npz), of inputs (N, I), or of a table.

        Raises:
            DataError: the rows are not what the model was trained with.
        """
        outputs = self.logits(self.scaler.apply(self.inputs(rows)))
        if not self.classes:
            return [float(number) for number in self.numbers(outputs)]
        return [self.classes[index] for index in outputs.argmax(axis=1)]

    def numbers(self, outputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """(N,) what outputs (N, 1) of a regression stand for, in the units of the target."""
        mean, deviation = self.target
        return np.asarray(outputs[:, 0].astype(np.float64) * deviation + mean)

    def probabilities(self, inputs: NDArray[Any]) -> NDArray[np.float64]:
        """(N, O) of each class, for inputs (N, I) that are not scaled yet.

        Raises:
            InputError: the model has no classes.
        """
        if not self.classes:
            raise InputError("a model of numbers has no classes, and so no probabilities; use predict")
        return softmax(self.logits(self.scaler.apply(inputs)))

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
        from hpsearch.datasets.table import Encoding
        from hpsearch.datasets.table_file import read_table

        if path.suffix.lower() == ".npz":
            (found,) = read_npz(path, ("X",))
            return found.reshape(len(found), -1)
        if path.suffix.lower() not in (".csv", ".parquet"):
            raise DataError(f"{path}: must end in .csv, .parquet or .npz")
        texts = Encoding.from_facts(self.encoding).texts if self.encoding else ()
        return self._of_table(read_table(path, texts=texts), str(path))

    def _of_table(self, frame: pl.DataFrame, where: str) -> NDArray[Any]:
        from hpsearch.datasets.table import Encoding

        if self.encoding is not None:
            return Encoding.from_facts(self.encoding).encode(frame, where)
        try:
            return frame.to_numpy().astype(np.float64)
        except (ValueError, TypeError):
            raise DataError(f"{where}: must hold numbers only, as the data of the model did") from None

    # -- the file --------------------------------------------------------------------------------------

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, for an .npz file."""
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
            "target": self.target,
            "bent": self.scaler.bent,
        }
        scaling = {name: getattr(self.scaler, name) for name in _SCALING}
        return {"facts": np.array(json.dumps(facts)), "parameters": self.parameters, **scaling}

    def save(self, path: Path) -> None:
        """Write the model to `path`, whole or not at all. Raises OSError."""
        arrays: dict[str, Any] = self.arrays()
        with replacing(path) as file:
            np.savez(file, **arrays)


def load_model(path: Path | str) -> Model:
    """The model that `hpsearch export RUN --to model` or `hpsearch train --save` wrote.

    Raises:
        InputError: there is no such file, or it is no such model.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(str(file["facts"]))
            scaling = {name: file[name] for name in _SCALING if name in file.files}
            parameters = file["parameters"]
    except FileNotFoundError:
        raise InputError(
            f"{path}: there is no such file; make one with: hpsearch export RUN --to model"
        ) from None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise InputError(f"{path}: is no model that hpsearch export wrote ({error})") from None
    if facts["format"] not in _READ:
        raise InputError(
            f"{path}: is a model of format {facts['format']}; this version reads format {FORMAT}"
        )
    shape = facts["architecture"]
    mean, deviation = facts.get("target", (0.0, 1.0))
    return Model(
        Architecture(**{**shape, "hidden": tuple(shape["hidden"])}),
        parameters,
        Scaler(**scaling, bent=facts.get("bent", False)),
        tuple(facts["classes"]),
        facts["encoding"],
        facts["origin"],
        (mean, deviation),
    )


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Probabilities (N, O) of logits (N, O)."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
