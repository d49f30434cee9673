from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hpsearch.data.augment import Augmentation


def images(dtype: Any = np.float32) -> Any:
    """A bright spot right of the middle."""
    X = np.zeros((50, 9, 9), dtype)
    X[:, 4, 6] = 1
    return X.reshape(50, 81)


def places(X: Any) -> Any:
    """The centre of brightness of each image, from the middle: (N, 2) down and right."""
    X = X.reshape(-1, 9, 9)
    axis = np.arange(9) - 4
    weight = X.sum(axis=(1, 2))
    return (
        np.stack([(X.sum(axis=2) * axis).sum(axis=1), (X.sum(axis=1) * axis).sum(axis=1)], axis=1)
        / (weight[:, None])
    )


def changed(**how: Any) -> Any:
    return Augmentation((9, 9), **how)(images(), np.random.default_rng(0))


def test_a_shift_moves_within_its_bound() -> None:
    found = places(changed(shift=1.5)) - [0, 2]
    assert np.abs(found).max() <= 1.51
    assert np.abs(found).max() > 1
    assert np.abs(found.mean(axis=0)).max() < 0.5


def test_a_rotation_keeps_the_distance_from_the_middle() -> None:
    found = places(changed(rotate=45))
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 2, atol=0.25)
    assert np.abs(found[:, 0]).max() > 1


def test_a_scale_changes_the_distance_from_the_middle() -> None:
    found = places(changed(scale=0.3))
    assert np.abs(found[:, 0]).max() < 0.01
    assert found[:, 1].min() < 1.7
    assert found[:, 1].max() > 2.3


def test_a_flip_mirrors_half_of_them_left_to_right() -> None:
    found = places(changed(flip=0.5))
    np.testing.assert_array_equal(np.abs(found), np.broadcast_to([0, 2], (50, 2)))
    assert 0.25 < (found[:, 1] < 0).mean() < 0.75


def test_noise_has_its_deviation() -> None:
    assert (changed(noise=0.1) - images()).std() == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inputs_are_left_alone_and_the_type_is_kept(dtype: Any) -> None:
    X = images(dtype)
    change = Augmentation((9, 9), 1.0, 10.0, 0.1, 0.5, 0.1)
    first, again, other = (change(X, np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(X, images(dtype))
    assert first.dtype == dtype
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
