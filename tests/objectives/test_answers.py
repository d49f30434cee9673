"""What the user's own code answers, as metrics."""

from __future__ import annotations

from typing import Any

import numpy as np
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


@pytest.mark.parametrize("answer", [0.5, np.float32(0.5), np.array([0.5])])
def test_a_number_without_a_name_is_the_metric_that_ranks(answer: Any) -> None:
    assert as_metrics(answer, "val.acc") == {"val.acc": 0.5}
    assert as_metrics(answer) == {"score": 0.5}


def test_a_mapping_without_the_metric_says_what_it_has() -> None:
    result = judged(Job(Trial(0, 0, {}, 0), 1), as_metrics({"loss": 0.5}, "val_acc"), "val_acc", "f returned")
    assert result.status == "failed"
    assert "f returned loss; search.metric names the one that ranks" in result.reason
