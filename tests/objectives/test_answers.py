"""What the user's own code answers, as metrics."""

from __future__ import annotations

from typing import Any

import pytest

from hpsearch.core.trial import Job, Trial
from hpsearch.objectives.answers import as_metrics, judged

NESTED = {"val": {"acc": 0.9, "deep": {"er": 1}}, "train": {"acc": 0.99}, "loss": 0.1}


@pytest.mark.parametrize(
    ("ranking", "metrics"),
    [
        ("val.acc", {"loss": 0.1, "val.acc": 0.9}),
        ("val.deep.er", {"loss": 0.1, "val.deep.er": 1.0}),
        ("val.none", {"loss": 0.1}),
        ("val.deep", {"loss": 0.1}),
        ("loss.acc", {"loss": 0.1}),
        ("acc", {"loss": 0.1}),
    ],
)
def test_the_metric_that_ranks_may_be_in_a_mapping(ranking: str, metrics: dict[str, Any]) -> None:
    assert as_metrics(NESTED, ranking) == metrics


def test_a_name_with_dots_as_it_is_comes_first() -> None:
    assert as_metrics({"val.acc": 0.5, "val": {"acc": 0.9}}, "val.acc") == {"val.acc": 0.5}


@pytest.mark.parametrize(
    ("answer", "seen"),
    [(0.5, "f returned score, as a number without a name is called;"), ({"loss": 0.5}, "f returned loss;")],
)
def test_a_number_without_a_name_says_why_it_is_called_score(answer: Any, seen: str) -> None:
    result = judged(Job(Trial(0, 0, {}, 0), 1), as_metrics(answer), "val_acc", "f returned")
    assert result.status == "failed"
    assert seen in result.reason
