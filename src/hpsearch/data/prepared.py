"""Data that is ready to train on, and the one file from which all workers map it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.data.scaling import Scaler
from hpsearch.data.target_scale import Curve
from hpsearch.storage import mapped

ARRAYS = (
    "X_train",
    "y_train",
    "X_val",
    "y_val",
    "X_test",
    "y_test",
    "offset",
    "factor",
    "mix",
    "fill",
    "knots",
    "curve",
)


class Prepared(Struct, frozen=True, eq=False):
    """Divided and scaled data. N rows (each part has its own N), I inputs.

    Attributes:
        X_train, X_val, X_test: (N, I) float32, C-contiguous. No rows in X_test where there is no test part.
        y_train, y_val, y_test: (N,) int64, indices of `classes`; for regression float32, with mean 0 and
            deviation 1 in the training part, on the scale of `curve`.
        offset, factor, mix, bent, fill, knots: how inputs were scaled, see `Scaler`.
        classes: the names of the classes; none for regression.
        feature_shape: the shape of one row of the source, such as (8, 8); its product is I.
        source: the name or path the user gave.
        target: what was done to numbers to come close to: (y - target[0]) / target[1].
        curve: (2, Q) what was done to them then, the knots of a `Curve`; (2, 0) where nothing was.
        fingerprint: changes when the source's values, their division into parts, or the scaling does.
        encoding: how rows were made from the source, as plain data; None where they are as they came.
        facts, notes: what was found out about the data, and what a person should look at; they are not saved.
        differences: what is not alike in training and validation, not saved either.
    """

    X_train: NDArray[np.float32]
    y_train: NDArray[Any]
    X_val: NDArray[np.float32]
    y_val: NDArray[Any]
    X_test: NDArray[np.float32]
    y_test: NDArray[Any]
    offset: NDArray[np.float64]
    factor: NDArray[np.float64]
    mix: NDArray[np.float64]
    fill: NDArray[np.float64]
    knots: NDArray[np.float64]
    curve: NDArray[np.float64]
    classes: tuple[str, ...]
    feature_shape: tuple[int, ...]
    source: str
    fingerprint: str
    encoding: Mapping[str, Any] | None = None
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    target: tuple[float, float] = (0.0, 1.0)
    bent: bool = False
    differences: tuple[str, ...] = ()

    #: How many networks of a trial learn from it.
    folds: ClassVar[int] = 1

    @property
    def scaler(self) -> Scaler:
        """What made these inputs of the source's."""
        return Scaler(self.offset, self.factor, self.mix, self.bent, self.fill, self.knots)

    @property
    def units(self) -> Curve | None:
        """What leads from the scale that is learned to numbers of mean 0 and deviation 1; None where it is that."""
        return Curve.of(self.curve)

    @property
    def inputs(self) -> int:
        """I, how many numbers describe a row."""
        return int(self.X_train.shape[1])

    @property
    def train_rows(self) -> int:
        """How many rows a network learns from."""
        return len(self.X_train)

    @property
    def val_rows(self) -> int:
        """How many rows a trial is measured on."""
        return len(self.X_val)

    @property
    def val_targets(self) -> tuple[NDArray[Any], ...]:
        """What each of its networks is measured by."""
        return (self.y_val,)

    def save(self, path: Path) -> None:
        """Write everything to `path`, whole or not at all: `load_prepared` never sees half of it.

        Raises:
            OSError: the file cannot be written; what was there before is unharmed.
        """
        facts = {
            "classes": list(self.classes),
            "feature_shape": list(self.feature_shape),
            "source": self.source,
            "fingerprint": self.fingerprint,
            "encoding": self.encoding,
            "target": list(self.target),
            "bent": self.bent,
        }
        mapped.write(path, {name: getattr(self, name) for name in ARRAYS}, facts)


def load_prepared(path: Path) -> Prepared:
    """What `Prepared.save` wrote: the arrays are read-only maps of the file, shared by all processes.

    Raises:
        DataError: no such file, or not one that `Prepared.save` wrote completely.
    """
    arrays, facts = mapped.load(path, ARRAYS)
    return Prepared(
        **{name: arrays[name] for name in ARRAYS},  # type: ignore[arg-type]  # the notes are none of them
        classes=tuple(facts["classes"]),
        feature_shape=tuple(facts["feature_shape"]),
        source=facts["source"],
        fingerprint=facts["fingerprint"],
        encoding=facts["encoding"],
        target=(facts["target"][0], facts["target"][1]),
        bent=facts["bent"],
    )
