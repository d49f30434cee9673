"""What a function reports of its epochs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hpsearch
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.objectives.function import reports
from hpsearch.objectives.function.caller import FunctionObjective
from hpsearch.objectives.function.signature import Reference
from hpsearch.storage.reached import Reached, reached

JOB = Job(Trial(4, 0, {"x": 0.5}, 0), 4, start=1)


def called(folder: Path, train: Any) -> Result:
    reference = Reference.parsed("train.py:train", folder)
    objective = FunctionObjective(reference, folder, "acc", capture=False, function=train)
    return objective.attempt(JOB)[0]


def test_reports_are_the_curve_and_the_last_the_answer(tmp_path: Path) -> None:
    seen = []

    def train(x: float, epochs: int) -> None:
        for epoch in range(epochs):
            hpsearch.report(np.int64(epoch), acc=x * epoch, **{"val/loss": np.float32(2)})
            seen.append(reached(tmp_path, [JOB.key]))

    result = called(tmp_path, train)
    assert (result.status, result.metrics) == ("done", {"acc": 1.5, "val/loss": 2})
    assert dict(result.curve) == {"acc": [0.5, 1.0, 1.5], "val/loss": [2, 2, 2]}
    assert seen[0] == (Reached(JOB.key, 0, 4, 0),)
    assert reached(tmp_path, [JOB.key]) == ()


def test_what_is_returned_counts_before_what_was_reported(tmp_path: Path) -> None:
    def train(x: float) -> float | dict[str, float]:
        hpsearch.report(3, acc=0.25)
        hpsearch.report(4, acc=0.75)
        return {"acc": x}

    result = called(tmp_path, train)
    assert (result.metrics, str(dict(result.curve))) == ({"acc": 0.5}, "{'acc': [nan, 0.25, 0.75]}")


def test_a_report_without_what_ranks_is_none(tmp_path: Path) -> None:
    result = called(tmp_path, lambda x: hpsearch.report(1, loss=x))
    assert (result.status, result.reason.partition(";")[0]) == (
        "failed",
        "no metric 'acc': train reported loss",
    )


def test_a_search_within_a_function_has_reports_of_its_own(tmp_path: Path) -> None:
    def train(x: float) -> None:
        hpsearch.report(1, acc=x)
        inner = reports.Reports("acc")
        with reports.reporting(inner):
            hpsearch.report(1, acc=9)
        assert inner.last == {"acc": 9}

    assert called(tmp_path, train).metrics == {"acc": 0.5}


@pytest.mark.parametrize("trial", [None, "3"])
def test_elsewhere_it_is_a_line_for_the_search_that_reads_it_or_nothing(
    trial: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HPSEARCH_TRIAL", raising=False)
    if trial:
        monkeypatch.setenv("HPSEARCH_TRIAL", trial)
    hpsearch.report(3, acc=0.5)
    assert capsys.readouterr().out == ('{"epoch": 3, "acc": 0.5}\n' if trial else "")


@pytest.mark.parametrize(
    ("epoch", "metrics", "words"),
    [
        (1.5, {"acc": 1}, "needs the epoch as a whole number from 0 on (got 1.5)"),
        (-1, {"acc": 1}, "needs the epoch as a whole number from 0 on (got -1)"),
        (1, {}, "needs metrics"),
        (1, {"acc": "high"}, "got acc of type str; metrics are numbers"),
    ],
)
def test_what_is_no_report_is_told(epoch: Any, metrics: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError) as caught:
        hpsearch.report(epoch, **metrics)
    assert words in str(caught.value)


def test_values_have_an_end_but_for_what_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST", 10)
    taken = reports.Reports("acc")
    for epoch in range(20):
        taken.take(epoch, {"acc": 1, "loss": 2})
    assert {name: len(curve) for name, curve in taken.curves.items()} == {"acc": 20, "loss": 5}
