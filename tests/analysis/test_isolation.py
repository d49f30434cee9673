"""The best trial for each value of one parameter."""

from __future__ import annotations

from hpsearch.analysis.isolation import isolate, isolate_pairs
from hpsearch.core.trial import Standing, Trial, Value
from hpsearch.space import Choice, Integer, Linear, Log, Real
from hpsearch.space.preview import preview


def standing(number: int, **config: Value) -> Standing:
    return Standing(number + 1, Trial(number, 0, config, 0), 9, "done", {"val_acc": 1 - number / 10})


def test_decades_of_a_log_range() -> None:
    ranked = [standing(0, lr=0.02), standing(1, lr=0.01), standing(2, lr=0.0001), standing(3, lr=1.0)]
    buckets = isolate(ranked, Real("lr", Log(1e-4, 1)))
    assert [(b.label, b.trials, b.best and b.best.trial.number) for b in buckets] == [
        ("0.0001 to 0.001", 1, 2),
        ("0.001 to 0.01", 0, None),
        ("0.01 to 0.1", 2, 0),
        ("0.1 to 1", 1, 3),
    ]


def test_each_choice_and_each_whole_number() -> None:
    ranked = [standing(0, a="tanh", n=3), standing(1, a="relu", n=1), standing(2, a="tanh", n=1)]
    choices = isolate(ranked, Choice("a", ("relu", "tanh", "sigmoid")))
    assert [(b.label, b.trials, b.best and b.best.rank) for b in choices] == [
        ("relu", 1, 2),
        ("tanh", 2, 1),
        ("sigmoid", 0, None),
    ]
    numbers = isolate(ranked, Integer("n", Linear(1, 3)))
    assert [(b.label, b.trials) for b in numbers] == [("1", 2), ("2", 0), ("3", 1)]


def test_failed_trials_count_and_inactive_ones_do_not() -> None:
    failed = Standing(None, Trial(1, 0, {"a": "relu"}, 0), 9, "failed", {})
    buckets = isolate([failed, standing(2)], Choice("a", ("relu", "tanh")))
    assert [(b.trials, b.best) for b in buckets] == [(1, None), (0, None)]


def test_many_numbers_to_choose_from_are_no_range() -> None:
    choices = tuple(0.1 + number / 1e6 for number in range(16))
    buckets = isolate([standing(0, a=choices[3]), standing(1, a=choices[3])], Choice("a", choices))
    assert [b.trials for b in buckets] == [0, 0, 0, 2, *[0] * 12]
    assert len({b.label for b in buckets}) == 16
    mixed = isolate([standing(0, a=True), standing(1, a=1)], Choice("a", (1, True)))
    assert [(b.label, b.best and b.best.trial.number) for b in mixed] == [("1", 1), ("true", 0)]


def test_choices_that_are_said_alike_are_told_apart() -> None:
    lists = isolate([], Choice("a", ((1,), ("1",), (64, 64), ())))
    assert [bucket.label for bucket in lists] == ["[1]", '["1"]', "[64, 64]", "[]"]
    nothing = isolate([], Choice("a", ("null", None, "x")))
    assert [bucket.label for bucket in nothing] == ['"null"', "null", "x"]


def test_two_parameters_are_a_table_of_the_best_per_pair() -> None:
    ranked = [standing(0, a="x", n=1), standing(1, a="y", n=2), standing(2, a="x", n=1), standing(3, a="y")]
    rows = isolate_pairs(ranked, Choice("a", ("x", "y")), Integer("n", Linear(1, 2)))
    assert [[(b.label, b.trials, b.best and b.best.trial.number) for b in row] for row in rows] == [
        [("1", 2, 0), ("2", 0, None)],
        [("1", 0, None), ("2", 1, 1)],
    ]


def test_many_words_are_listed_one_by_one() -> None:
    words = tuple("abcdefghijklm")
    buckets = isolate([standing(0, a="m"), standing(1, a="b")], Choice("a", words))
    assert [b.label for b in buckets] == list(words)
    assert [b.label for b in buckets if b.trials] == ["b", "m"]
    assert [label for label, _ in preview(Choice("a", words))["parts"]] == list(words)
