"""Making data ready to train on: loaded, encoded, divided, filled and scaled."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from hpsearch.core.errors import DataError
from hpsearch.data.differences import found_differences
from hpsearch.data.far import check_inputs, check_numbers, check_targets, far_values
from hpsearch.data.folded import Folded
from hpsearch.data.folds import Division, deal
from hpsearch.data.fractions import PARTS, fractions_of
from hpsearch.data.outliers import outliers
from hpsearch.data.prepared import Prepared
from hpsearch.data.scaling import Scaler, fit
from hpsearch.data.sources.base import RawData, load
from hpsearch.data.spec import DatasetSpec, Folds
from hpsearch.data.split import stratified
from hpsearch.data.target_scale import Curve, TargetScale, curve_of, learned


def prepare(spec: DatasetSpec, seed: int) -> Prepared:
    """Load, limit, split and scale the data of `spec`; which rows go where follows from `seed`.

    Of folds, it is the first: its validation part, and the others to learn from.

    Raises:
        InputError: there is no such data set.
        DataError: the data cannot be used, or not be divided as asked.
    """
    raw = load(spec).first(spec.limit)
    if isinstance(spec.split, Folds):
        division = _dealt(raw, spec.split, seed)
        parts = [division.training(0), division.validation(0), division.test]
        return _scaled(_encoded(raw, division.rows), parts, spec)
    fractions = fractions_of(spec.split, len(raw.y), raw.brings_test, raw.brings_validation)
    parts = _divided(raw, fractions, seed)
    raw = _encoded(raw, parts[0])
    return replace(_scaled(raw, parts, spec), differences=found_differences(raw, parts, seed))


def prepare_whole(spec: DatasetSpec, seed: int) -> Prepared:
    """The data of `spec` with the rows of all its folds to learn from; those of the first are validated as well.

    Raises:
        InputError: as `prepare`.
    """
    assert isinstance(spec.split, Folds)
    raw = load(spec).first(spec.limit)
    division = _dealt(raw, spec.split, seed)
    parts = [division.rows, division.validation(0), division.test]
    return _scaled(_encoded(raw, division.rows), parts, spec)


def prepare_folds(spec: DatasetSpec, seed: int) -> Folded:
    """The data of `spec` with its folds, each filled and scaled by its own training part.

    What the columns of a table mean is learned from the rows of all folds: their networks have the same inputs.

    Raises:
        InputError: as `prepare`.
    """
    assert isinstance(spec.split, Folds)
    raw = load(spec).first(spec.limit)
    division = _dealt(raw, spec.split, seed)
    raw = _encoded(raw, division.rows).averaged(division.rows)
    training = [division.training(fold) for fold in range(division.folds)]
    targets = [_target(raw, rows, spec.target_scale) for rows in training]
    scalers, own = zip(*(_of_fold(raw, rows, spec.scaling) for rows in training), strict=True)
    parts = [(rows, division.validation(fold)) for fold, rows in enumerate(training)]
    bounded = scalers[0].bounded
    far = far_values(raw, parts, bounded=bounded)
    return Folded(
        X=np.ascontiguousarray(raw.X),
        y=raw.y,
        division=division,
        scalers=scalers,
        target=np.array([target for target, _ in targets]),
        curves=np.stack([_knots(curve) for _, curve in targets]),
        classes=raw.classes,
        feature_shape=raw.feature_shape,
        source=raw.name,
        fingerprint=_fingerprint(raw, [division.fold, division.spared], spec),
        own=np.stack(own),
        places=_places(raw),
        facts=raw.facts,
        notes=(*raw.notes, *outliers(raw, division.rows, bounded=bounded, noted=far), *far),
    )


def _encoded(raw: RawData, rows: NDArray[np.int64]) -> RawData:
    """Numbers that can be scaled, whose meaning is learned from `rows` alone. Raises DataError."""
    raw = raw.encoded(rows)
    check_numbers(raw)
    return raw


def _of_fold(raw: RawData, rows: NDArray[np.int64], scaling: str) -> tuple[Scaler, NDArray[np.float32]]:
    """What a fold that learns from `rows` does to its inputs, and those that it has of its own, (N, T)."""
    if raw.by_target is not None:
        raw = replace(raw, X=raw.X.copy(), X_val=None, X_test=None).averaged(rows)
    scaler = _scaler(raw, rows, scaling)
    check_inputs(raw, scaler)
    return scaler, raw.X[:, _places(raw)]


def _places(raw: RawData) -> NDArray[np.int64]:
    """The columns that say what the target is on average, (T,)."""
    return np.array(list(raw.priors), np.int64)


def _scaler(raw: RawData, rows: NDArray[np.int64], scaling: str) -> Scaler:
    """What a fold that learns from `rows` does to its inputs; the gaps of the source stay, for each to fill."""
    if not raw.gaps:
        return fit(scaling, raw.X, rows, raw.feature_range, raw.indicators)
    fill = _medians(raw, rows)
    known = _filled(replace(raw, X=raw.X[rows], X_val=None, X_test=None), fill).X
    return replace(fit(scaling, known, np.arange(len(rows)), raw.feature_range, raw.indicators), fill=fill)


def _scaled(raw: RawData, parts: list[NDArray[np.int64]], spec: DatasetSpec) -> Prepared:
    """The rows of `parts`, filled (in place) and scaled by what the first of them shows."""
    raw = raw.averaged(parts[0])
    fill = _medians(raw, parts[0])
    raw = _filled(raw, fill)
    scaler = fit(spec.scaling, raw.X, parts[0], raw.feature_range, raw.indicators)
    check_inputs(raw, scaler)
    far = far_values(raw, [parts], bounded=scaler.bounded)
    far = (*outliers(raw, parts[0], bounded=scaler.bounded), *far)
    target, curve = _target(raw, parts[0], spec.target_scale)
    raw = _learned(raw, target, curve)
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
        knots=scaler.knots,
        curve=_knots(curve),
        classes=raw.classes,
        feature_shape=raw.feature_shape,
        source=raw.name,
        fingerprint=_fingerprint(raw, parts, spec),
        encoding=raw.encoding,
        facts=raw.facts,
        notes=(*raw.notes, *far),
        target=target,
        bent=scaler.bent,
    )


def _medians(raw: RawData, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """What to put in place of missing inputs: the median of the training part, (I,); 0 where none can be."""
    fill = np.zeros(raw.X.shape[1])
    for column in raw.gaps:
        known = raw.X[rows, column]
        known = known[~np.isnan(known)]
        fill[column] = np.median(known) if len(known) else 0.0
    for column, prior in raw.priors.items():
        fill[column] = prior
    return fill


def _filled(raw: RawData, fill: NDArray[np.float64]) -> RawData:
    """The same without missing inputs; they are filled in where they stand, for a copy may be large."""
    for inputs in (part for part in (raw.X, raw.X_val, raw.X_test) if part is not None):
        for column in raw.gaps:
            inputs[np.isnan(inputs[:, column]), column] = fill[column]
    return raw


def _divided(raw: RawData, fractions: tuple[float, float, float], seed: int) -> list[NDArray[np.int64]]:
    """The rows of each of `PARTS`, stratified by class."""
    shares = {part: share for part, share in zip(PARTS, fractions, strict=True) if share}
    if not raw.classes and len(raw.y) < len(shares):
        raise DataError(f"{raw.name}: has {len(raw.y)} rows, too few for {len(shares)} parts; add rows")
    try:
        rows = stratified(*_labels(raw), list(shares.values()), seed, list(shares))
    except DataError as error:
        raise DataError(f"{raw.name}: {error}") from None
    indices = dict(zip(shares, rows, strict=True))
    return [indices.get(part, np.empty(0, np.int64)) for part in PARTS]


def _dealt(raw: RawData, split: Folds, seed: int) -> Division:
    if raw.brings_validation:
        raise DataError(
            f"split {split}: validates every row in one of the folds, and the source brings its own validation "
            f"part; leave out one of the two",
            setting="split",
        )
    return deal(*_labels(raw), split, seed, brings_test=raw.brings_test)


def _labels(raw: RawData) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The class of each row, and the names of the classes; numbers are all of one kind."""
    return (raw.y, raw.classes) if raw.classes else (np.zeros(len(raw.y), np.int64), ("row",))


def _target(
    raw: RawData, rows: NDArray[np.int64], scale: TargetScale
) -> tuple[tuple[float, float], Curve | None]:
    """Mean and deviation of numbers to come close to in `rows`, and what is done then; (0, 1) for classes."""
    if raw.classes:
        return (0.0, 1.0), None
    mean, deviation = float(raw.y[rows].mean()), float(raw.y[rows].std()) or 1.0
    check_targets(raw, mean, deviation)
    return (mean, deviation), curve_of(scale, (raw.y[rows] - mean) / deviation)


def _knots(curve: Curve | None) -> NDArray[np.float64]:
    return np.empty((2, 0)) if curve is None else curve.knots


def _learned(raw: RawData, target: tuple[float, float], curve: Curve | None) -> RawData:
    """Numbers to come close to with mean 0 and deviation 1 where they are trained on, so that one learning rate
    serves all.
    """
    if raw.classes:
        return raw
    validation, test = (None if y is None else learned(y, *target, curve) for y in (raw.y_val, raw.y_test))
    return replace(raw, y=learned(raw.y, *target, curve), y_val=validation, y_test=test)


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


def _fingerprint(raw: RawData, parts: list[NDArray[np.int64]], spec: DatasetSpec) -> str:
    """A digest of the source's values; the scaled ones may differ by a rounding from machine to machine."""
    digest = sha256(
        repr((spec.scaling, raw.feature_range, raw.feature_shape, raw.canonical or raw.classes)).encode()
    )
    if spec.target_scale != "standard":
        digest.update(spec.target_scale.encode())
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
