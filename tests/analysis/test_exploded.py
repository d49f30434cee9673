"""Where the loss of a trial has exploded although it is done."""

from __future__ import annotations

import numpy as np

from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.analysis.verdicts.exploded import exploded, exploded_head
from hpsearch.objectives.network.workload import chance_loss
from tests.analysis.runs import a_run

CHANCE = {"val_loss": 2.3}


def test_it_is_named_with_its_rank_and_how_far_off_it_is() -> None:
    run = a_run([0.9, 0.8, 0.7], losses=[320.0, 0.5, 30.0], chance=CHANCE)
    assert [exploded(run, standing) for standing in run.ranked] == [True, False, True]
    verdict = exploded_head(run)
    assert verdict is not None
    assert verdict.text.startswith(
        "trial 0 ranks 1 although its val loss 320 is 139 times that of knowing nothing (2.3)"
    )


def test_overconfidence_and_what_is_not_known_are_not_named() -> None:
    assert exploded_head(a_run([0.9, 0.8], losses=[9.0, 0.5], chance=CHANCE)) is None
    assert exploded_head(a_run([0.9, 0.8], losses=[320.0, 0.5])) is None
    assert exploded_head(a_run([0.9, 0.8], chance=CHANCE)) is None


def test_nothing_points_further_to_where_the_best_has_exploded() -> None:
    readings = [(number + 0.5) / 20 for number in range(20)]
    far, fine = (
        {
            verdict.about
            for verdict in verdicts_of(
                a_run(readings, losses=[loss] * 20, chance=CHANCE, metric="score", high=5)
            )
        }
        for loss in (320.0, 0.5)
    )
    assert "exploded" in far
    assert not far & {"edge", "budget", "longer"}
    assert "edge" in fine


def test_knowing_nothing_of_several_losses_is_the_largest() -> None:
    assert chance_loss(2, ["cross_entropy", "mse"]) > chance_loss(2, ["mse"])


def test_knowing_nothing_of_far_targets_costs_more() -> None:
    near, far = np.array([1.0, -1.0], np.float32), np.array([1.0, 100.0], np.float32)
    assert chance_loss(0, ["mse"], [near]) == 1
    assert chance_loss(0, ["mse"], [near, far]) == (1 + 10_001 / 2) / 2
    assert chance_loss(0, ["mae"], [far]) == 101 / 2
