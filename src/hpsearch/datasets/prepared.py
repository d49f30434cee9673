"""Data that is ready to train on, and the one file from which all workers map it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from hpsearch.datasets import sections
from hpsearch.datasets.folded import Folded
from hpsearch.datasets.folds import Division, deal
from hpsearch.datasets.scaling import Scaler, fit
from hpsearch.datasets.source import RawData, load
from hpsearch.datasets.spec import DatasetSpec, Folds
from hpsearch.datasets.split import fractions_of, stratified

ARRAYS = ("X_train", "y_train", "X_val", "y_val", "X_test", "y_test", "offset", "factor", "fill")


@dataclass(frozen=True, eq=False)
class Prepared:
    """Divided and scaled data. N rows (each part has its own N), I inputs.

    Attributes:
        X_train, X_val, X_test: (N, I) float32, C-contiguous. No rows in X_test where there is no test part.
        y_train, y_val, y_test: (N,) int64, indices of `classes`; for regression float32, with mean 0 and
            deviation 1 in the training part.
        offset, factor: (I,) float64; inputs were scaled as (x - offset) * factor.
        fill: (I,) float64; what stood in for a missing input before it was scaled.
        classes: the names of the classes; none for regression.
        feature_shape: the shape of one row of the source, such as (8, 8); its product is I.
        source: the name or path the user gave.
        target: what was done to numbers to come close to: (y - target[0]) / target[1].
        fingerprint: changes when the source's values, their division into parts, or the scaling does.
        encoding: how rows were made from the source, as plain data; None where they are as they came.
        notes: what a person should know about the data; they are not saved.
    """

    X_train: NDArray[np.float32]
    y_train: NDArray[Any]
    X_val: NDArray[np.float32]
    y_val: NDArray[Any]
    X_test: NDArray[np.float32]
    y_test: NDArray[Any]
    offset: NDArray[np.float64]
    factor: NDArray[np.float64]
    fill: NDArray[np.float64]
    classes: tuple[str, ...]
    feature_shape: tuple[int, ...]
    source: str
    fingerprint: str
    encoding: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    target: tuple[float, float] = (0.0, 1.0)

    #: How many networks of a trial learn from it.
    folds: ClassVar[int] = 1

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
        }
        sections.write(path, {name: getattr(self, name) for name in ARRAYS}, facts)


def load_prepared(path: Path) -> Prepared:
    """What `Prepared.save` wrote: the arrays are read-only maps of the file, shared by all processes.

    Raises:
        DataError: no such file, or not one that `Prepared.save` wrote completely.
    """
    arrays, facts = sections.load(path, ARRAYS)
    return Prepared(
        **{name: arrays[name] for name in ARRAYS},  # type: ignore[arg-type]  # the notes are none of them
        classes=tuple(facts["classes"]),
        feature_shape=tuple(facts["feature_shape"]),
        source=facts["source"],
        fingerprint=facts["fingerprint"],
        encoding=facts["encoding"],
        target=(facts["target"][0], facts["target"][1]),
    )


def prepare(spec: DatasetSpec, seed: int) -> Prepared:
    """Load, limit, split and scale the data of `spec`; which rows go where follows from `seed`.

    Of folds, it is the first: its validation part, and the others to learn from.

    Raises:
        InputError: there is no such data set.
        DataError: the data cannot be used, or not be divided as asked.
    """
    raw = load(spec).first(spec.limit)
    return _scaled(raw, _divided(raw, spec, seed), spec)


def prepare_whole(spec: DatasetSpec, seed: int) -> Prepared:
    """The data of `spec` with the rows of all its folds to learn from; those of the first are validated as well.

    Raises:
        InputError: as `prepare`.
    """
    raw = load(spec).first(spec.limit)
    division = _dealt(raw, spec, seed)
    return _scaled(raw, [division.rows, division.validation(0), division.test], spec)


def prepare_folds(spec: DatasetSpec, seed: int) -> Folded:
    """The data of `spec` with its folds, each filled and scaled by its own training part.

    Raises:
        InputError: as `prepare`.
    """
    raw = load(spec).first(spec.limit)
    division = _dealt(raw, spec, seed)
    fills, scalers, targets = [], [], []
    for fold in range(division.folds):
        rows = division.training(fold)
        fills.append(_medians(raw, rows))
        known, own = raw.X, rows
        if raw.gaps:  # the gaps of the source stay, for each fold to fill
            known, own = _filled(replace(raw, X=raw.X[rows]), fills[-1]).X, np.arange(len(rows))
        scalers.append(fit(spec.scaling, known, own, raw.feature_range))
        targets.append(_standard(raw, rows)[1])
    return Folded(
        X=np.ascontiguousarray(raw.X),
        y=raw.y,
        division=division,
        fill=np.array(fills),
        scalers=tuple(scalers),
        target=np.array(targets),
        gaps=raw.gaps,
        classes=raw.classes,
        feature_shape=raw.feature_shape,
        source=raw.name,
        fingerprint=_fingerprint(raw, [division.fold, division.spared], spec.scaling),
        notes=raw.notes,
    )


def _scaled(raw: RawData, parts: list[NDArray[np.int64]], spec: DatasetSpec) -> Prepared:
    """The rows of `parts`, filled and scaled by what the first of them shows."""
    fill = _medians(raw, parts[0])
    raw, target = _standard(_filled(raw, fill), parts[0])
    scaler = fit(spec.scaling, raw.X, parts[0], raw.feature_range)
    test_inputs, test_labels = _test_part(raw, parts, scaler)
    return Prepared(
        X_train=scaler.apply(raw.X, parts[0]),
        y_train=raw.y[parts[0]],
        X_val=scaler.apply(raw.X, parts[1]),
        y_val=raw.y[parts[1]],
        X_test=test_inputs,
        y_test=test_labels,
        offset=scaler.offset,
        factor=scaler.factor,
        fill=fill,
        classes=raw.classes,
        feature_shape=raw.feature_shape,
        source=raw.name,
        fingerprint=_fingerprint(raw, parts, spec.scaling),
        encoding=raw.encoding,
        notes=raw.notes,
        target=target,
    )


def _medians(raw: RawData, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """What to put in place of missing inputs: the median of the training part, (I,); 0 where none is missing."""
    fill = np.zeros(raw.X.shape[1])
    for column in np.flatnonzero(np.isnan(raw.X).any(axis=0)) if raw.gaps else ():
        known = raw.X[rows, column]
        known = known[~np.isnan(known)]
        fill[column] = np.median(known) if len(known) else 0.0
    return fill


def _filled(raw: RawData, fill: NDArray[np.float64]) -> RawData:
    if not raw.gaps:
        return raw
    inputs = raw.X
    for column in range(inputs.shape[1]):
        inputs[np.isnan(inputs[:, column]), column] = fill[column]
    return replace(raw, X=inputs)


def _divided(raw: RawData, spec: DatasetSpec, seed: int) -> list[NDArray[np.int64]]:
    """Training, validation and perhaps test, stratified by class."""
    if isinstance(spec.split, Folds):
        division = _dealt(raw, spec, seed)
        return [division.training(0), division.validation(0), division.test]
    return stratified(*_labels(raw), fractions_of(spec.split, len(raw.y), raw.brings_test), seed)


def _dealt(raw: RawData, spec: DatasetSpec, seed: int) -> Division:
    assert isinstance(spec.split, Folds)
    return deal(*_labels(raw), spec.split, seed, brings_test=raw.brings_test)


def _labels(raw: RawData) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The class of each row, and the names of the classes; numbers are all of one kind."""
    return (raw.y, raw.classes) if raw.classes else (np.zeros(len(raw.y), np.int64), ("row",))


def _standard(raw: RawData, rows: NDArray[np.int64]) -> tuple[RawData, tuple[float, float]]:
    """Numbers to come close to with mean 0 and deviation 1 in `rows`, so that one learning rate serves all."""
    if raw.classes:
        return raw, (0.0, 1.0)
    mean, deviation = float(raw.y[rows].mean()), float(raw.y[rows].std()) or 1.0

    def scaled(y: NDArray[Any]) -> NDArray[np.float32]:
        return ((y - mean) / deviation).astype(np.float32)

    test = None if raw.y_test is None else scaled(raw.y_test)
    return replace(raw, y=scaled(raw.y), y_test=test), (mean, deviation)


def _test_part(
    raw: RawData, parts: list[NDArray[np.int64]], scaler: Scaler
) -> tuple[NDArray[np.float32], NDArray[Any]]:
    if raw.X_test is not None and raw.y_test is not None:
        return scaler.apply(raw.X_test), raw.y_test
    rows = parts[2] if len(parts) == 3 else np.empty(0, np.int64)
    return scaler.apply(raw.X, rows), raw.y[rows]


def _fingerprint(raw: RawData, parts: list[NDArray[np.int64]], scaling: str) -> str:
    """A digest of the source's values; the scaled ones may differ by a rounding from machine to machine."""
    digest = sha256(repr((scaling, raw.feature_range, raw.feature_shape, raw.classes)).encode())
    for array in (raw.X, raw.y, raw.X_test, raw.y_test, *parts):
        if array is not None:
            _update(digest, array)
    return digest.hexdigest()


def _update(digest: Any, array: NDArray[Any]) -> None:
    plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    digest.update(f"{plain.dtype.str}{plain.shape}".encode())
    digest.update(plain.reshape(-1).view(np.uint8))
