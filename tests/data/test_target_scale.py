"""Numbers learned on another scale: each has its place there, and comes back as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpsearch.data.folded import load_folded
from hpsearch.data.preparation import prepare, prepare_folds
from hpsearch.data.prepared import load_prepared
from hpsearch.data.spec import DatasetSpec, Folds
from hpsearch.data.target_scale import Curve, TargetScale, curve_of, skewness

CURVED: list[TargetScale] = ["log", "quantile"]
NUMBERS = arrays(np.float64, st.integers(5, 60), elements=st.floats(-1e3, 1e3)).filter(
    lambda found: bool(np.ptp(found) > 1)
)
SKEWED = np.exp(2 * np.random.default_rng(0).normal(size=2000))


def standard(numbers: np.ndarray) -> np.ndarray:
    return np.asarray((numbers - numbers.mean()) / numbers.std())


def curve(scale: TargetScale, numbers: np.ndarray) -> Curve:
    found = curve_of(scale, numbers)
    assert found is not None
    return found


@pytest.mark.parametrize("scale", CURVED)
@given(numbers=NUMBERS, further=st.floats(-1e4, 1e4))
def test_every_number_has_its_place_and_comes_back(
    scale: TargetScale, numbers: np.ndarray, further: float
) -> None:
    own = curve(scale, standard(numbers))
    given = np.append(standard(numbers), further)
    np.testing.assert_allclose(own.true(own.learn(given)), given, rtol=1e-6, atol=1e-6)
    order = np.argsort(given, kind="stable")
    assert (np.diff(own.learn(given)[order]) >= -1e-9).all()


@pytest.mark.parametrize("scale", CURVED)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_long_tail_of_either_end_has_mean_0_and_deviation_1_and_is_short(
    scale: TargetScale, sign: int
) -> None:
    numbers = standard(sign * SKEWED)
    found = curve(scale, numbers).learn(numbers)
    assert (found.mean(), found.std()) == pytest.approx((0, 1), abs=1e-9)
    assert abs(skewness(numbers)) > 8
    assert abs(skewness(found)) < 1.5


@pytest.mark.parametrize("scale", CURVED)
def test_predictions_end_not_far_beyond_what_was_learned_from(scale: TargetScale) -> None:
    numbers = standard(SKEWED)
    ends = curve(scale, numbers).predicted(np.array([-1e6, 1e6], np.float32))
    assert ends.dtype == np.float32
    assert ends[0] == pytest.approx(numbers.min())
    assert numbers.max() * 0.999 < ends[1] < 4 * numbers.max()


def test_most_numbers_may_be_equal() -> None:
    numbers = standard(np.where(np.arange(100) % 10 == 0, np.arange(100.0), 0.0))
    for scale in CURVED:
        own = curve(scale, numbers)
        np.testing.assert_allclose(own.true(own.learn(numbers)), numbers, atol=1e-9)
        assert np.isfinite(own.knots).all()
        assert own.finest > 0


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng, path = np.random.default_rng(0), tmp_path / "t.npz"
    X = rng.normal(size=(120, 2))
    np.savez(path, X=X, y=np.exp(3 * X[:, 0]))
    return path


@pytest.mark.parametrize("scale", CURVED)
def test_each_fold_has_the_scale_of_its_own_training_rows(
    scale: TargetScale, table: Path, tmp_path: Path
) -> None:
    spec = DatasetSpec(str(table), task="regression", target_scale=scale, split=Folds(4, 0.0))
    data = prepare_folds(spec, 0)
    data.save(tmp_path / "data.bin")
    again = load_folded(tmp_path / "data.bin")
    with np.load(table) as file:
        y = file["y"]
    for fold, (own, same, units) in enumerate(zip(data.parts, again.parts, again.units, strict=True)):
        assert own.y_train.mean() == pytest.approx(0, abs=1e-6)
        np.testing.assert_array_equal(own.y_val, same.y_val)
        assert units is not None
        mean, deviation = data.target[fold]
        back = units.true(same.y_val.astype(np.float64)) * deviation + mean
        np.testing.assert_allclose(back, y[data.division.validation(fold)], rtol=1e-4, atol=1e-4)
    first = prepare(spec, 0)
    np.testing.assert_array_equal(first.y_val, data.parts[0].y_val)
    first.save(tmp_path / "one.bin")
    np.testing.assert_array_equal(load_prepared(tmp_path / "one.bin").curve, first.curve)


def test_another_scale_is_other_data(table: Path) -> None:
    specs = [
        DatasetSpec(str(table), task="regression", target_scale=scale, split=split)
        for scale in ("standard", *CURVED)
        for split in (Folds(4), "auto")
    ]
    found = [prepare_folds(spec, 0) if isinstance(spec.split, Folds) else prepare(spec, 0) for spec in specs]
    assert len({data.fingerprint for data in found}) == len(specs)
