"""What an objective may answer, and what becomes of an answer that no journal could hold."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.core.trial import Job, Result, Trial
from hpsearch.objectives.checked import checked
from hpsearch.runs.journal import encode
from hpsearch.runs.writing import result_record

JOB = Job(Trial(3, 0, {}, 7), epochs=2, start=1)
FINE = Result(3, 2, "done", {"loss": 0.5, "steps": 3}, {"loss": [0.5], "steps": [3]}, 1.5, output="é")


def answered(answer: Any) -> Result:
    (result,) = checked([JOB], answer, ["loss"])
    encode(result_record(result))
    text = json.dumps([result.reason, result.output, *result.metrics, *result.curve], ensure_ascii=False)
    assert text.encode()
    return result


def test_what_is_sound_is_recorded_as_it_is() -> None:
    for result in (
        FINE,
        Result(3, 2, "failed", reason="no luck"),
        Result(3, 2, "diverged", {"loss": math.nan}),
    ):
        assert repr(answered([result])) == repr(result)
    assert checked([JOB], [Result(3, 2, "done")], ())[0].status == "done"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "the objective answers NoneType, and not a list with one result for each job"),
        ([], "the objective answers list, and not a list with one"),
        ([FINE, FINE], "one result for each job"),
        ([None], "the objective answers NoneType, and not a Result"),
        ([replace(FINE, trial=4)], r"answers job \(3, 0, 2\) with the result of \(4, 0, 2\)"),
        ([replace(FINE, replicate=1)], r"with the result of \(3, 1, 2\)"),
        ([replace(FINE, status="ok")], "with the status 'ok'"),
        ([replace(FINE, metrics={})], "reports no loss, by which the search ranks; it reports nothing"),
        ([replace(FINE, metrics={"a": 1, "b": 2})], "reports no loss, .*; it reports a, b"),
        ([replace(FINE, metrics=0.5)], "reports float, and not numbers by their names"),
        ([replace(FINE, metrics={1: 0.5})], "reports dict, and not numbers by their names"),
        ([replace(FINE, metrics={"loss": "low"})], "reports for loss what is no number"),
        ([replace(FINE, metrics={"loss": 10**400})], "reports for loss what is no number"),
        ([replace(FINE, curve={"loss": ["low"]})], "reports for loss what is no number"),
        ([replace(FINE, curve={"loss": 0.5})], "reports for loss what is no number"),
        ([replace(FINE, seconds="long")], "reports for seconds what is no number"),
    ],
)
def test_what_is_not_fails_and_says_why(answer: Any, reason: str) -> None:
    result = answered(answer)
    assert (result.key, result.status) == (JOB.key, "failed")
    assert re.search(reason, result.reason)


def test_a_metric_that_is_not_finite_has_diverged() -> None:
    result = answered([replace(FINE, metrics={"loss": math.nan})])
    assert (result.status, result.reason) == ("diverged", "loss is nan")


def test_what_is_recorded_is_what_is_read_back() -> None:
    result = answered([replace(FINE, metrics={"loss": -math.inf}, curve={"loss": [0.5, math.inf, math.nan]})])
    assert (result.status, result.reason) == ("diverged", "loss is -inf")
    assert repr([result.metrics, result.curve]) == "[{'loss': nan}, {'loss': [0.5, nan, nan]}]"


def test_numbers_of_other_libraries_become_plain_ones() -> None:
    metrics = {"loss": np.float32(0.5), "steps": np.int64(3), "flag": True}
    result = answered([replace(FINE, metrics=metrics, curve={"loss": np.array([0.5])})])
    assert [*map(repr, result.metrics.values())] == ["0.5", "3.0", "1.0"]
    assert result.curve == {"loss": [0.5]}


def test_halves_of_characters_are_escaped_where_they_come_in() -> None:
    odd = "a\udce9"
    result = answered([Result(3, 2, "failed", {odd: 1.0}, {odd: [1.0]}, reason=odd, output=odd)])
    said = [result.reason, result.output, *result.metrics, *result.curve]
    assert said == [r"a\udce9"] * 4


def test_one_that_lacks_what_is_recorded_beside_the_metric_has_failed() -> None:
    (result,) = checked([JOB], [FINE], ["loss", "f1"])
    assert (result.status, result.metrics) == ("failed", {})
    assert (
        result.reason == "the objective reports no f1, which search.metric asks for; it reports loss, steps"
    )
    assert checked([JOB], [FINE], ["loss", "steps"])[0].status == "done"
    lost = replace(FINE, status="failed", metrics={})
    assert checked([JOB], [lost], ["loss", "f1"])[0].reason == ""
