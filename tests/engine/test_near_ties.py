"""Trials whose accuracies are the same within their noise are told apart by their losses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.metric import Metric
from hpsearch.engine.near_ties import by_loss

ACCURACY = Metric("val_acc", "maximize")
SHARES = st.integers(0, 50).map(lambda correct: correct / 50)


def ordered(accuracies: list[float], val_losses: list[float], lengths: list[int], rows: int) -> list[int]:
    losses = [-accuracy for accuracy in accuracies]
    return by_loss(range(len(losses)), losses, val_losses, lengths, ACCURACY, rows)[0]


def test_equals_are_told_apart_by_their_loss_and_then_stay_as_they_are() -> None:
    assert ordered([0.9, 0.9, 0.9, 0.95], [0.3, 0.2, 0.3, 9.0], [9] * 4, rows=0) == [3, 1, 0, 2]


def test_what_is_within_the_noise_of_the_first_is_tied_with_it() -> None:
    # The standard error of 0.9 on 100 rows is 0.03, on 10,000 it is 0.003.
    accuracies, val_losses = [0.9, 0.88, 0.86], [320.0, 0.4, 0.3]
    assert ordered(accuracies, val_losses, [9] * 3, rows=100) == [1, 0, 2]
    assert ordered(accuracies, val_losses, [9] * 3, rows=10_000) == [0, 1, 2]


def test_who_was_put_in_another_order_is_told() -> None:
    losses, breakers = [-0.9, -0.88, -0.5, -0.5], [320.0, 0.4, 0.1, 0.2]
    assert by_loss(range(4), losses, breakers, [9] * 4, ACCURACY, 100) == ([1, 0, 2, 3], {0, 1})


def test_a_shorter_training_does_not_pass_a_longer_one_by_its_loss() -> None:
    assert ordered([0.9, 0.89, 0.88], [0.5, 0.1, 0.3], [27, 3, 27], rows=100) == [2, 0, 1]


def test_a_metric_with_no_loss_beside_it_ranks_alone() -> None:
    found = by_loss([0, 1], [1.0, 0.99], [0.0, 5.0], [9, 9], Metric("rmse", "minimize"), 10)
    assert found == ([1, 0], set())


@given(
    st.lists(st.tuples(SHARES, st.floats(0, 10), st.sampled_from([3, 9])), max_size=30), st.integers(0, 400)
)
def test_nobody_is_lost_or_falls_behind_who_is_clearly_worse(
    trials: list[tuple[float, float, int]], rows: int
) -> None:
    accuracies, val_losses, lengths = ([trial[i] for trial in trials] for i in range(3))
    found = ordered(list(map(float, accuracies)), list(map(float, val_losses)), list(map(int, lengths)), rows)
    assert sorted(found) == list(range(len(trials)))
    for place, first in enumerate(found):
        noise = ACCURACY.standard_error(max((accuracies[n] for n in found[place:]), default=0.0), rows)
        assert all(accuracies[later] <= accuracies[first] + noise + 1e-12 for later in found[place:])
