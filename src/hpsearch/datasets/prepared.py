"""Data that is ready to train on, and the one file from which all workers map it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.datasets import sections
from hpsearch.datasets.differences import found_differences
from hpsearch.datasets.scaling import Scaler, fit
from hpsearch.datasets.source import RawData, load
from hpsearch.datasets.spec import DatasetSpec
from hpsearch.datasets.split import PARTS, fractions_of, stratified
from hpsearch.errors import DataError

ARRAYS = ("X_train", "y_train", "X_val", "y_val", "X_test", "y_test", "offset", "factor", "mix", "fill")


@dataclass(frozen=True, eq=False)
class Prepared:
    """Divided and scaled data. N rows (each part has its own N), I inputs.

    Attributes:
        X_train, X_val, X_test: (N, I) float32, C-contiguous. No rows in X_test where there is no test part.
        y_train, y_val, y_test: (N,) int64, indices of `classes`; for regression float32, with mean 0 and
            deviation 1 in the training part.
        offset, factor, mix, bent, fill: how inputs were scaled, see `Scaler`.
        classes: the names of the classes; none for regression.
        feature_shape: the shape of one row of the source, such as (8, 8); its product is I.
        source: the name or path the user gave.
        target: what was done to numbers to come close to: (y - target[0]) / target[1].
        fingerprint: changes when the source's values, their division into parts, or the scaling does.
        encoding: how rows were made from the source, as plain data; None where they are as they came.
        notes: what a person should know about the data; they are not saved.
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
    classes: tuple[str, ...]
    feature_shape: tuple[int, ...]
    source: str
    fingerprint: str
    encoding: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    target: tuple[float, float] = (0.0, 1.0)
    bent: bool = False
    differences: tuple[str, ...] = ()

    @property
    def scaler(self) -> Scaler:
        """What made these inputs of the source's."""
        return Scaler(self.offset, self.factor, self.mix, self.bent, self.fill)

    @property
    def inputs(self) -> int:
        """I, how many numbers describe a row."""
        return int(self.X_train.shape[1])

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
        bent=facts["bent"],
    )


def prepare(spec: DatasetSpec, seed: int) -> Prepared:
    """Load, limit, split and scale the data of `spec`; which rows go where follows from `seed`.

    Raises:
        InputError: there is no such data set.
        DataError: the data cannot be used, or not be divided as asked.
    """
    raw = load(spec).first(spec.limit)
    fractions = fractions_of(spec.split, len(raw.y), raw.brings_test, raw.brings_validation)
    parts = _divided(raw, fractions, seed)
    raw = raw.encoded(parts[0])
    fill = _medians(raw, parts[0])
    raw = _filled(raw, fill)
    differences = found_differences(raw, parts, seed)
    raw, target = _standard(raw, parts[0])
    scaler = fit(spec.scaling, raw.X, parts[0], raw.feature_range)
    X_val, y_val = _part(raw.X_val, raw.y_val, raw, parts[1], scaler)  # noqa: N806 - named as in the data
    X_test, y_test = _part(raw.X_test, raw.y_test, raw, parts[2], scaler)  # noqa: N806
    return Prepared(
        X_train=scaler.apply(raw.X, parts[0]),
        y_train=raw.y[parts[0]],
        X_val=X_val,
        y_val=y_val,
        X_test=X_test,
        y_test=y_test,
        offset=scaler.offset,
        factor=scaler.factor,
        mix=scaler.mix,
        fill=fill,
        classes=raw.classes,
        feature_shape=raw.feature_shape,
        source=raw.name,
        fingerprint=_fingerprint(raw, parts, spec.scaling),
        encoding=raw.encoding,
        notes=raw.notes,
        target=target,
        bent=scaler.bent,
        differences=differences,
    )


def _medians(raw: RawData, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """What to put in place of missing inputs: the median of the training part, (I,); 0 where none can be."""
    fill = np.zeros(raw.X.shape[1])
    for column in raw.gaps:
        known = raw.X[rows, column]
        known = known[~np.isnan(known)]
        fill[column] = np.median(known) if len(known) else 0.0
    return fill


def _filled(raw: RawData, fill: NDArray[np.float64]) -> RawData:
    """The same without missing inputs; they are filled in where they stand, for a copy may be large."""
    for inputs in (part for part in (raw.X, raw.X_val, raw.X_test) if part is not None):
        for column in raw.gaps:
            inputs[np.isnan(inputs[:, column]), column] = fill[column]
    return raw


def _divided(raw: RawData, fractions: Sequence[float], seed: int) -> list[NDArray[np.int64]]:
    """The rows of each of `PARTS`, stratified by class; numbers are all of one kind."""
    shares = {part: share for part, share in zip(PARTS, fractions, strict=True) if share}
    if not raw.classes and len(raw.y) < len(shares):
        raise DataError(f"{raw.name}: has {len(raw.y)} rows, too few for {len(shares)} parts; add rows")
    y, classes = (raw.y, raw.classes) if raw.classes else (np.zeros(len(raw.y), np.int64), ("row",))
    try:
        rows = stratified(y, classes, list(shares.values()), seed, list(shares))
    except DataError as error:
        raise DataError(f"{raw.name}: {error}") from None
    found = dict(zip(shares, rows, strict=True))
    return [found.get(part, np.empty(0, np.int64)) for part in PARTS]


def _standard(raw: RawData, rows: NDArray[np.int64]) -> tuple[RawData, tuple[float, float]]:
    """Numbers to come close to with mean 0 and deviation 1 in `rows`, so that one learning rate serves all."""
    if raw.classes:
        return raw, (0.0, 1.0)
    mean, deviation = float(raw.y[rows].mean()), float(raw.y[rows].std()) or 1.0

    def scaled(y: NDArray[Any]) -> NDArray[np.float32]:
        return ((y - mean) / deviation).astype(np.float32)

    validation, test = (None if y is None else scaled(y) for y in (raw.y_val, raw.y_test))
    return replace(raw, y=scaled(raw.y), y_val=validation, y_test=test), (mean, deviation)


def _part(
    inputs: NDArray[Any] | None,
    labels: NDArray[Any] | None,
    raw: RawData,
    rows: NDArray[np.int64],
    scaler: Scaler,
) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """A part that the source brings, scaled; else those of its `rows`."""
    if inputs is not None and labels is not None:
        return scaler.apply(inputs), labels
    return scaler.apply(raw.X, rows), raw.y[rows]


def _fingerprint(raw: RawData, parts: list[NDArray[np.int64]], scaling: str) -> str:
    """A digest of the source's values; the scaled ones may differ by a rounding from machine to machine."""
    digest = sha256(repr((scaling, raw.feature_range, raw.feature_shape, raw.classes)).encode())
    if raw.brings_validation:
        digest.update(b"validation")  # the same file may stand for the test part
    for array in (raw.X, raw.y, raw.X_val, raw.y_val, raw.X_test, raw.y_test, *parts):
        if array is not None and len(array):
            _update(digest, array)
    return digest.hexdigest()


def _update(digest: Any, array: NDArray[Any]) -> None:
    plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    digest.update(f"{plain.dtype.str}{plain.shape}".encode())
    digest.update(plain.reshape(-1).view(np.uint8))
