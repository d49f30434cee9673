"""Data for cross-validation: the rows once, as the source has them, and what each fold makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.data.folds import Division
from hpsearch.data.scaling import Scaler
from hpsearch.data.target_scale import Curve, learned
from hpsearch.storage import mapped

#: Scaled rows of all folds are kept where they take no more bytes than this; else they are scaled as they are read.
KEPT = 64 << 20

_ARRAYS = ("X", "y", "target", "curves", "own", "places")


class ScaledRows(Struct, frozen=True, eq=False):
    """Some `rows` (N,) of `inputs`, filled and scaled whenever they are read: (N, I) float32.

    Those at `places` (T,) are `own` (all rows, T) in place of `inputs`.
    """

    inputs: NDArray[Any]
    rows: NDArray[np.int64]
    scaler: Scaler
    own: NDArray[np.float32]
    places: NDArray[np.int64]

    dtype = np.dtype(np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        """(N, I)."""
        return (len(self.rows), self.inputs.shape[1])

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: slice) -> NDArray[np.float32]:
        return self._scaled(self.rows[place])

    def take(self, indices: NDArray[Any], axis: int = 0) -> NDArray[np.float32]:
        """Those at the places `indices`, along axis 0."""
        return self._scaled(self.rows.take(indices, axis=axis))

    def _scaled(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        if not len(self.places):
            return self.scaler.apply(self.inputs, rows)
        inputs = self.inputs[rows]
        inputs[:, self.places] = self.own[rows]
        return self.scaler.apply(inputs)


class Part(Struct, frozen=True, eq=False):
    """What one fold trains on and is validated with, as in `Prepared`."""

    X_train: NDArray[np.float32] | ScaledRows
    y_train: NDArray[Any]
    X_val: NDArray[np.float32] | ScaledRows
    y_val: NDArray[Any]


class Folded(Struct, frozen=True, eq=False, dict=True):
    """N rows of I inputs, in F folds: nothing of a fold's validation part shows in how its inputs are scaled.

    Attributes:
        X: (N, I) as the source has them; nan is a missing value where the scalers fill it in.
        y: (N,) int64, indices of `classes`; for regression float64, the numbers themselves.
        division: which fold validates each row.
        scalers: of each fold.
        target: (F, 2) what each fold does to numbers to come close to: (y - target[0]) / target[1].
        curves: (F, 2, Q) what it does to them then, see `Prepared`.
        own, places: (F, N, T) what each fold has in place of the columns of X at the places (T,): what the target
            is on average there.
        classes, feature_shape, source, fingerprint, facts, notes: as in `Prepared`.
    """

    X: NDArray[Any]
    y: NDArray[Any]
    division: Division
    scalers: tuple[Scaler, ...]
    target: NDArray[np.float64]
    curves: NDArray[np.float64]
    own: NDArray[np.float32]
    places: NDArray[np.int64]
    classes: tuple[str, ...]
    feature_shape: tuple[int, ...]
    source: str
    fingerprint: str
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    #: Training and validation parts are dealt of the same rows.
    differences: ClassVar[tuple[str, ...]] = ()

    @property
    def folds(self) -> int:
        """F, how many networks of a trial learn from it."""
        return self.division.folds

    @property
    def units(self) -> list[Curve | None]:
        """Of each fold, as in `Prepared`."""
        return [Curve.of(knots) for knots in self.curves]

    @property
    def inputs(self) -> int:
        """I, how many numbers describe a row."""
        return int(self.X.shape[1])

    @property
    def train_rows(self) -> int:
        """How many rows each network learns from."""
        return len(self.division.training(0))

    @property
    def val_rows(self) -> int:
        """How many rows a trial is measured on: those of all folds, each once."""
        return len(self.division.rows)

    @property
    def val_targets(self) -> tuple[NDArray[Any], ...]:
        """What the network of each fold is measured by."""
        return tuple(self._targets(self.division.validation(fold), fold) for fold in range(self.folds))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What each fold learns from."""
        return tuple(map(self._part, range(self.folds)))

    def _part(self, fold: int) -> Part:
        training, validation = self.division.training(fold), self.division.validation(fold)
        return Part(
            self._inputs(training, fold),
            self._targets(training, fold),
            self._inputs(validation, fold),
            self._targets(validation, fold),
        )

    def _inputs(self, rows: NDArray[np.int64], fold: int) -> NDArray[np.float32] | ScaledRows:
        scaled = ScaledRows(self.X, rows, self.scalers[fold], self.own[fold], self.places)
        together = self.folds * self.X.size * ScaledRows.dtype.itemsize
        return scaled[:] if together <= KEPT else scaled

    def _targets(self, rows: NDArray[np.int64], fold: int) -> NDArray[Any]:
        if self.classes:
            return self.y[rows]
        mean, deviation = self.target[fold]
        return learned(self.y[rows], mean, deviation, Curve.of(self.curves[fold]))

    def save(self, path: Path) -> None:
        """Write everything but the notes to `path`, whole or not at all. Raises OSError."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {"fold": self.division.fold, "spared": self.division.spared, **_stacked(self.scalers)}
        facts = {
            "classes": list(self.classes),
            "feature_shape": list(self.feature_shape),
            "source": self.source,
            "fingerprint": self.fingerprint,
        }
        mapped.write(path, arrays, facts)


def load_folded(path: Path) -> Folded:
    """What `Folded.save` wrote: the arrays are read-only maps of the file, shared by all processes.

    Raises:
        DataError: no such file, or not one that `Folded.save` wrote completely.
    """
    arrays, facts = mapped.load(path)
    return Folded(
        **{name: arrays[name] for name in _ARRAYS},  # type: ignore[arg-type]  # the others follow
        division=Division(arrays["fold"], arrays["spared"]),
        scalers=_unstacked(arrays, len(arrays["spared"])),
        classes=tuple(facts["classes"]),
        feature_shape=tuple(facts["feature_shape"]),
        source=facts["source"],
        fingerprint=facts["fingerprint"],
    )


def _stacked(scalers: tuple[Scaler, ...]) -> dict[str, NDArray[Any]]:
    """The arrays of all scalers, by name, with a leading axis for the folds."""
    return {
        f"scaler {name}": np.stack([getattr(scaler, name) for scaler in scalers])
        for name in Scaler.__struct_fields__
    }


def _unstacked(arrays: Mapping[str, NDArray[Any]], folds: int) -> tuple[Scaler, ...]:
    return tuple(
        Scaler(**{name: arrays[f"scaler {name}"][fold] for name in Scaler.__struct_fields__})
        for fold in range(folds)
    )
