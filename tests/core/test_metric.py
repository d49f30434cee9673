"""A metric: which way it is better, and what a trial ranks by."""

from __future__ import annotations

import math

import pytest

from hpsearch.core.goals import goal_of
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Confirmed, Standing, Trial

ACCURACY, LOSS = Metric("val_acc", "maximize"), Metric("val_loss", "minimize")


LESS = """
loss val_loss Error RMSE log_mae test.mse valLoss perplexity wer cer nll mape fid latency cost neg_log_likelihood
accuracy_loss loss2 trainCrossentropy brier_score val_log_loss max_error
"""
MORE = """
val_acc score r2 f1 auc neg_mean_squared_error neg_log_loss glossary_f1 top5_acc macroF1 mAP terminal_reward
neg_brier_score f1_score balanced_accuracy roc_auc_ovr balanced_accuracy_score
eval_top1 mAP50-95(B) Acc@1 bbox_mAP_50
"""


@pytest.mark.parametrize("name", LESS.split())
def test_losses_errors_and_costs_are_minimized_by_their_name(name: str) -> None:
    assert Metric.named(name) == Metric(name, "minimize")


@pytest.mark.parametrize("name", MORE.split())
def test_scores_are_maximized_by_their_name(name: str) -> None:
    assert Metric.named(name) == Metric(name, "maximize")


@pytest.mark.parametrize("name", ["", "bytes", "glossary", "maestro", "acceleration", "précis"])
def test_a_name_that_tells_nothing_has_no_goal(name: str) -> None:
    assert goal_of(name) is None


def test_no_loss_is_so_far_away_that_nothing_can_be_computed_with_it() -> None:
    far = [metric.loss(value) for metric in (ACCURACY, LOSS) for value in (1e308, -1e308)]
    assert all(math.isfinite((one - other) ** 2) for one in far for other in far)
    assert LOSS.is_better(1e300, than=1e301)
    assert not LOSS.is_better(math.nan, than=1e301)


def test_lower_losses_are_better_whatever_the_goal() -> None:
    assert (ACCURACY.loss(0.9), LOSS.loss(0.9)) == (-0.9, 0.9)
    assert ACCURACY.is_better(0.9, than=0.8)
    assert LOSS.is_better(0.8, than=0.9)
    for metric in (ACCURACY, LOSS):
        assert not metric.is_better(0.9, than=0.9)
        assert not metric.is_better(math.nan, than=0.9)
        assert not metric.is_better(0.9, than=math.nan)
        assert metric.sign * metric.loss(0.25) == 0.25


def test_it_is_said_without_underscores_and_on_one_line() -> None:
    assert f"{ACCURACY}" == "val acc"
    assert str(Metric("a\x1b[2J\nb", "maximize")) == r"a\x1b[2J\nb"


def test_shares_are_accuracies_between_0_and_1() -> None:
    assert ACCURACY.is_share(0.0)
    assert ACCURACY.is_share(1.0)
    assert not ACCURACY.is_share(97.5)
    assert not LOSS.is_share(0.5)


def test_a_trial_ranks_by_its_mean_where_it_was_confirmed() -> None:
    once = Standing(1, Trial(0, 0, {}, 0), 9, "done", {"val_acc": 0.9, "val_loss": 0.5})
    again = Standing(1, once.trial, 9, "done", once.metrics, confirmed=Confirmed(0.85, 0.01, 3))
    assert (once.value(ACCURACY), once.value(LOSS)) == (0.9, 0.5)
    assert (again.value(ACCURACY), again.reading(ACCURACY)) == (0.85, 0.9)
