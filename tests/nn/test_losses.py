from __future__ import annotations

import math

import numpy as np
import pytest

from hpsearch.nn.buffers import Buffers
from hpsearch.nn.figures.accuracy import accuracy
from hpsearch.nn.losses.cross_entropy import CrossEntropy
from hpsearch.nn.parameters import Array


def compare(logits: Array, labels: list[int]) -> tuple[Array, Array]:
    K, B, O = logits.shape  # noqa: E741
    losses = np.empty((K, B))
    targets = CrossEntropy().targets(np.array(labels), O, np.float64)
    gradient = CrossEntropy().bind(Buffers(K, B, np.float64), O)(logits.copy(), targets, losses)
    return losses, gradient


def test_equal_logits_lose_log_classes() -> None:
    losses, gradient = compare(np.full((2, 3, 4), 5.0), [0, 1, 3])
    np.testing.assert_allclose(losses, math.log(4))
    np.testing.assert_allclose(gradient.sum(axis=2), 0, atol=1e-15)
    assert gradient[0, 0, 0] == pytest.approx((1 / 4 - 1) / 3)


def test_huge_logits_neither_overflow_nor_lose_the_loss() -> None:
    losses, gradient = compare(np.array([[[1e4, 0.0], [0.0, 1e4]]]), [0, 0])
    np.testing.assert_array_equal(losses, [[0.0, 1e4]])
    np.testing.assert_array_equal(gradient, [[[0, 0], [-0.5, 0.5]]])


def test_accuracy_counts_the_first_of_equal_outputs() -> None:
    outputs = np.array([[[1.0, 1.0], [1.0, 1.0], [0.0, 2.0]]])
    targets = CrossEntropy().targets(np.array([0, 1, 1]), 2, np.float64)
    assert accuracy(outputs, targets).tolist() == [[True, False, True]]


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0]])
def test_labels_that_do_not_fit_are_refused(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="3 outputs need 0 to 2"):
        CrossEntropy().targets(np.array(labels), 3, np.float64)
