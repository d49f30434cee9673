"""Heads of results: read from a line as from the decoded record, and only from lines that are plain."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.trial import Job, Result, Trial
from hpsearch.runs.heads import Heads, is_round, new_trials
from hpsearch.runs.journal import encode
from hpsearch.runs.records import result_of, result_record, round_record

AWKWARD = ["acc", "val_acc", 'a"b', "a{b", "a}b", "a,b", 'x,"acc":1', "a\\", "é", "", "replicate", "\n"]
names = st.sampled_from(AWKWARD) | st.text(max_size=5)
values = st.floats()
metrics = st.dictionaries(names, values | st.integers(-5, 5).map(float), max_size=4)
results = st.builds(
    Result,
    trial=st.integers(0, 10**6),
    epochs=st.integers(1, 100),
    status=st.sampled_from(["done", "done", "done", "failed", "diverged"]),
    metrics=metrics,
    curve=st.just({}) | st.dictionaries(names, st.lists(values, max_size=3), max_size=3),
    seconds=st.floats(0, 1e6),
    replicate=st.sampled_from([0, 0, 0, 2]),
    reason=st.sampled_from(["", "", 'it said "metrics":{"acc":1},"seconds":1}']),
    output=st.sampled_from(["", "", "}"]),
)


@given(results, names)
def test_a_head_is_that_of_the_record(result: Result, metric: str) -> None:
    line, heads = encode(result_record(result))[:-1], Heads(metric)
    plain = heads.plain(line)
    if plain is None:
        return
    back = result_of(result_record(result))
    assert back.status == "done"
    assert plain == heads.of(back)
    assert (plain.key, plain.replicate) == (back.key, 0)


@given(results.filter(lambda result: result.status == "done" and math.isfinite(sum(result.metrics.values()))))
def test_a_plain_result_is_seen_as_one(result: Result) -> None:
    line = encode(result_record(result))[:-1]
    for name, value in result.metrics.items():
        special = result.replicate or result.reason or result.output
        braces = any(set(name) & set("{}") for name in (*result.metrics, *result.curve))
        found = Heads(name).plain(line)
        assert (found is None) if special else (braces or (found is not None and found.value == value))


@given(st.text(max_size=20), names)
def test_no_other_record_passes_for_a_result(text: str, name: str) -> None:
    for record in (
        {"kind": "end", "why": text},
        {"kind": "result", "trial": text},
        {"kind": "evaluation", name: 1},
    ):
        assert Heads(name).plain(encode(record)[:-1]) is None


@given(
    st.lists(st.dictionaries(names, st.text(max_size=20) | st.just(',"config":{'), max_size=2), max_size=4)
)
def test_new_trials_are_counted_without_decoding(configs: list[dict[str, str]]) -> None:
    new = [Job(Trial(5 + place, 3, config, 1), 1) for place, config in enumerate(configs)]
    old = Trial(2, 0, {"config": 1.0}, 1)
    line = encode(round_record(3, [Job(old, 3, start=1), *new, Job(old, 3, replicate=1)]))
    assert is_round(line)
    assert new_trials(line) == len(configs)
    assert not is_round(encode({"kind": "end", "why": '"kind":"round",'}))


@pytest.mark.parametrize("number", ["--1", "1.2.3", "1e", "-", "+1"])
def test_what_is_no_number_is_left_to_the_decoder(number: str) -> None:
    plain = encode(result_record(Result(1, 1, "done", {"acc": 0.5})))[:-1]
    for old in (b'"trial":1', b'"acc":0.5', b'"seconds":0.0'):
        line = plain.replace(old, b"%s:%s" % (old.partition(b":")[0], number.encode()))
        assert line != plain
        assert Heads("acc").plain(line) is None


def test_a_name_that_looks_like_what_stands_between_two_others_is_not_there() -> None:
    line = encode(result_record(Result(1, 1, "done", {"x,": 0.5, ":1,": 2.0})))[:-1]
    assert Heads(":0.5,").plain(line) is None
    assert Heads(":1,").plain(line) == (1, 0, 1, "done", 2.0)
