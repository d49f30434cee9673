"""Where the metric tells no trial from another."""

from __future__ import annotations

import pytest

from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.analysis.verdicts.equal import equal
from hpsearch.config.loading import spec_of
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.run import Run
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


@pytest.mark.parametrize(
    ("trained", "equals"),
    [
        ([(1, 0.2)] * 3 + [(3, 0.5)], True),
        ([(1, 0.2)] * 9 + [(3, 0.5)] * 3 + [(9, 0.7)], True),
        ([(1, 0.2), (3, 0.5), (9, 0.7)], False),
        ([(1, 0.2)] * 2 + [(3, 0.5)] * 2, False),
        ([(1, 0.2)] * 9 + [(3, 0.5)] * 2 + [(3, 0.6)], False),
    ],
)
def test_of_trials_of_several_lengths_each_length_has_its_value(
    trained: list[tuple[int, float]], equals: bool
) -> None:
    run = a_run([0.0] * len(trained), epochs=9)
    results = [
        Result(number, epochs, "done", {"val_acc": value}) for number, (epochs, value) in enumerate(trained)
    ]
    trials: dict[int, Trial] = dict(run.trials)
    found = equal(Run(run.spec, run.folder, trials, results, "complete"))
    words = (
        f"all {len(trained)} trials that are done have the same val acc after equally many epochs: see that"
    )
    assert (found is not None and found.text.startswith(words)) == equals
    assert equals or found is None
