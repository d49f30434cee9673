"""Whitening and the tanh estimators: what they make of the training part, and of rows they never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.preparation import prepare
from hpsearch.data.prepared import load_prepared
from hpsearch.data.scaling import fit
from hpsearch.data.scaling.whiten import FLOOR, MOST_INPUTS
from hpsearch.data.spec import DatasetSpec


def correlated(rows: int = 400, columns: int = 5) -> np.ndarray:
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(columns, columns)) + np.eye(columns)
    return rng.normal(size=(rows, columns)) @ mixing * 10.0 ** np.arange(columns) + 7


def test_whitened_inputs_have_mean_0_and_are_uncorrelated() -> None:
    inputs, rows = correlated(), np.arange(300)
    white = fit("whiten", inputs, rows).apply(inputs, rows).astype(np.float64)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(5), atol=1e-4)


def test_of_all_whitenings_it_stays_closest_to_the_inputs() -> None:
    inputs = correlated()
    rows = np.arange(len(inputs))
    white = fit("whiten", inputs, rows).apply(inputs)
    standard = fit("standard", inputs, rows).apply(inputs)
    scaler = fit("whiten", inputs, rows)
    np.testing.assert_allclose(scaler.mix, scaler.mix.T, atol=1e-12)
    turned = white @ np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0].astype(np.float32)
    assert ((white - standard) ** 2).sum() < ((turned - standard) ** 2).sum()


def test_constant_and_doubled_columns_and_few_rows_are_fine() -> None:
    inputs = np.hstack([correlated(), np.full((400, 1), 3.0), correlated()[:, :1]])
    inputs[350:, 5] = 1e6  # constant in training, and not elsewhere
    white = fit("whiten", inputs, np.arange(300)).apply(inputs)
    assert np.abs(white).max() < 100
    np.testing.assert_allclose(white[350:, 5], 0, atol=1e-9)
    few = fit("whiten", correlated(60, 40), np.arange(10)).apply(correlated(60, 40))
    assert np.isfinite(few).all()
    # Nothing is stretched more than the floor allows, however the other rows are.
    stretched = np.linalg.norm(fit("whiten", correlated(60, 40), np.arange(42)).mix, 2)
    assert stretched <= 1 / np.sqrt(FLOOR) + 1e-6


def test_too_many_inputs_are_refused_with_the_limit() -> None:
    inputs = np.zeros((3, MOST_INPUTS + 1))
    with pytest.raises(DataError, match=r"at most 2,048 inputs.*\(got 2,049\); use scaling: standard"):
        fit("whiten", inputs, np.arange(3))


def test_the_tanh_estimators_are_those_of_the_paper() -> None:
    inputs, rows = correlated(), np.arange(300)
    mean, deviation = inputs[rows].mean(axis=0), inputs[rows].std(axis=0)
    expected = 0.5 * (np.tanh(0.01 * (inputs - mean) / deviation) + 1)
    np.testing.assert_allclose(fit("tanh", inputs, rows).apply(inputs), expected, rtol=1e-6)
    outlier = np.full((1, 5), 1e30)
    assert (fit("tanh", inputs, rows).apply(outlier) <= 1).all()


@pytest.mark.parametrize("scaling", ["whiten", "tanh", "standard"])
def test_the_scaler_survives_its_file_to_the_bit(scaling: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "t.npz", X=correlated(), y=rng.integers(0, 2, 400))
    data = prepare(DatasetSpec(str(tmp_path / "t.npz"), scaling=scaling), seed=0)
    data.save(tmp_path / "data.bin")
    again = load_prepared(tmp_path / "data.bin")
    np.testing.assert_array_equal(again.scaler.apply(correlated()[:50]), data.scaler.apply(correlated()[:50]))
    everything = again.scaler.apply(correlated())
    assert {row.tobytes() for row in data.X_test} <= {row.tobytes() for row in everything}


def test_whitening_learns_from_the_training_rows_alone() -> None:
    inputs, rows = correlated(), np.arange(300)
    changed = inputs.copy()
    changed[300:] = 1e9
    np.testing.assert_array_equal(fit("whiten", inputs, rows).mix, fit("whiten", changed, rows).mix)
