"""Inputs by their ranks: skew and what is far from all others count no more than a rank does."""

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
from hpsearch.data.scaling import fit
from hpsearch.data.scaling.quantile import MOST_KNOTS, normal_scores, quantiles
from hpsearch.data.spec import DatasetSpec, Folds

ROWS = np.arange(500)


def scaled(column: np.ndarray) -> np.ndarray:
    """Its scores where all rows are learned from."""
    inputs = column[:, None]
    return fit("quantile", inputs, np.arange(len(inputs))).apply(inputs)[:, 0]


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e9, 1e9, width=32)), st.integers(1, 40))
def test_quantiles_are_those_of_numpy(values: np.ndarray, count: int) -> None:
    levels = np.linspace(0, 1, count)
    given_order = values.copy()
    np.testing.assert_allclose(quantiles(values, levels), np.quantile(values, levels), rtol=1e-12, atol=1e-6)
    np.testing.assert_array_equal(values, given_order)


def test_any_distribution_becomes_the_normal_one() -> None:
    skewed = np.exp(3 * np.random.default_rng(0).normal(size=5000))
    found = scaled(skewed)
    assert (abs(found.mean()), abs(found.std() - 1)) < (0.01, 0.02)
    assert np.quantile(found, 0.975) == pytest.approx(1.96, abs=0.02)
    np.testing.assert_array_equal(np.argsort(found, kind="stable"), np.argsort(skewed, kind="stable"))


def test_what_is_far_stands_beside_the_last_of_the_others() -> None:
    column = np.random.default_rng(0).normal(size=500)
    column[7] = 1e12
    column[8] = -9999
    found = scaled(column)
    assert np.abs(found).max() < 3.3
    rest = np.delete(found, [7, 8])
    assert rest.std() == pytest.approx(1, abs=0.05)


def test_a_line_through_many_knots_is_that_of_any_number_of_rows() -> None:
    rng = np.random.default_rng(0)
    column = rng.normal(size=4 * MOST_KNOTS)
    scaler = fit("quantile", column[:, None], np.arange(len(column)))
    assert scaler.knots.shape == (MOST_KNOTS, 1)
    inner = column[np.abs(column) < 2]
    np.testing.assert_allclose(scaler.apply(inner[:, None])[:, 0], inner, atol=0.1)


@given(arrays(np.float64, (40,), elements=st.floats(-1e6, 1e6)), st.floats(-1e9, 1e9))
def test_scores_rise_with_their_numbers_and_equal_ones_are_equal(column: np.ndarray, new: float) -> None:
    knots = np.sort(column)
    found = normal_scores(np.append(column, new), knots)
    assert np.isfinite(found).all()
    ordered = found[np.argsort(np.append(column, new), kind="stable")]
    assert (np.diff(ordered) >= -1e-12).all()


def test_two_values_and_constants_are_as_they_are() -> None:
    inputs = np.stack([ROWS % 2, np.full(500, 7), ROWS**2], axis=1).astype(np.float32)
    found = fit("quantile", inputs, ROWS, indicators=(0,)).apply(inputs)
    np.testing.assert_array_equal(found[:, 0], ROWS % 2)
    np.testing.assert_array_equal(found[:, 1], 0)
    assert found[:, 2].std() == pytest.approx(1, abs=0.02)


def test_it_learns_from_the_training_rows_alone() -> None:
    inputs = np.random.default_rng(0).normal(size=(500, 2))
    changed = inputs.copy()
    changed[400:] *= 1e6
    rows = ROWS[:400]
    np.testing.assert_array_equal(fit("quantile", inputs, rows).knots, fit("quantile", changed, rows).knots)


def test_what_is_saved_scales_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "t.npz", X=np.exp(rng.normal(size=(90, 3))), y=rng.integers(0, 2, 90))
    spec = DatasetSpec(str(tmp_path / "t.npz"), scaling="quantile")
    whole = prepare(spec, 0)
    whole.save(tmp_path / "whole")
    new = np.exp(rng.normal(size=(5, 3)))
    np.testing.assert_array_equal(
        load_prepared(tmp_path / "whole").scaler.apply(new), whole.scaler.apply(new)
    )
    folded = prepare_folds(DatasetSpec(str(tmp_path / "t.npz"), scaling="quantile", split=Folds(4)), 0)
    folded.save(tmp_path / "folds")
    for before, after in zip(folded.scalers, load_folded(tmp_path / "folds").scalers, strict=True):
        np.testing.assert_array_equal(before.apply(new), after.apply(new))
