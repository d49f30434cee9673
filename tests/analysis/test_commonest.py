"""Where the best is no better than always giving the commonest class."""

from __future__ import annotations

import numpy as np
import pytest

from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.analysis.verdicts.commonest import no_better_than_the_commonest
from hpsearch.objectives.network.workload import commonest_share
from tests.analysis.runs import a_run


def test_it_is_said_with_both_shares() -> None:
    run = a_run([0.9, 0.91, 0.4], rows=200, commonest=0.91)
    verdict = no_better_than_the_commonest(run)
    assert verdict is not None
    assert verdict in verdicts_of(run)
    assert verdict.text.startswith(
        "the best val acc 0.91 is no better than always giving the commonest class would be (0.91): "
    )
    for remedy in ("val_auc", "class_weights: balanced"):
        assert remedy in verdict.text


def test_a_row_more_or_what_is_not_known_is_left_alone() -> None:
    assert no_better_than_the_commonest(a_run([0.9, 0.915], rows=200, commonest=0.91)) is None
    assert no_better_than_the_commonest(a_run([0.9, 0.91], rows=200)) is None
    assert no_better_than_the_commonest(a_run([0.5, 0.6], rows=10, commonest=0.6)) is None
    assert no_better_than_the_commonest(a_run([0.5, 0.6], rows=200, commonest=0.91, metric="score")) is None


def test_labels_by_chance_of_equal_classes_are_guessed_better_by_the_best_of_many() -> None:
    """So nothing is said of them, though nothing was learned: silence beats a guess."""
    rng = np.random.default_rng(0)
    said = 0
    for _ in range(50):
        readings = (rng.binomial(200, 0.5, 60) / 200).tolist()
        said += no_better_than_the_commonest(a_run(readings, rows=200, commonest=0.5)) is not None
    assert said == 0


def test_the_share_is_the_mean_over_the_folds_of_the_class_that_most_rows_have() -> None:
    parts = [np.array([0, 1, 1, 1]), np.array([0, 0, 1, 2])]
    assert commonest_share(3, parts) == pytest.approx((3 / 4 + 1 / 4) / 2)
    assert commonest_share(0, [np.array([1.0, 2.0])]) == 0
