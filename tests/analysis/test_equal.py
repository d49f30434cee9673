"""Where the metric tells no trial from another."""

from __future__ import annotations

import pytest

from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.analysis.verdicts.equal import equal
from hpsearch.config.loading import spec_of
from tests.analysis.runs import a_run


def said(readings: list[float]) -> list[str]:
    return [verdict.text for verdict in verdicts_of(a_run(readings)) if verdict.about == "equal"]


@pytest.mark.parametrize("count", [3, 4, 40])
def test_scores_that_are_all_the_same_are_said(count: int) -> None:
    assert said([0.25] * count) == [
        f"all {count} trials that are done have the same val acc, 0.25: see that the code uses its parameters, and "
        f"that this is what it measures"
    ]


def test_of_a_network_it_is_the_metric_that_cannot_tell() -> None:
    run = a_run([1.0] * 5)
    network = {"objective": {"kind": "mlp", "dataset": "moons"}, "space": {"lr": {"choices": [0.1, 0.2]}}}
    run.spec = spec_of(network)
    found = equal(run)
    assert found is not None
    assert found.text == "all 5 trials that are done have the same val acc, 1: it cannot tell which is best"


@pytest.mark.parametrize("readings", [[0.25], [0.25, 0.25], [0.25, 0.25, 0.25 + 1e-15], [0.5] * 30 + [0.25]])
def test_few_trials_and_any_difference_are_not(readings: list[float]) -> None:
    assert said(readings) == []
